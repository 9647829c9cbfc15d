{{TOOLS}}
{{SOLUTION}}
os = module("os")
line = connection()
for number in range(64):
    if number != line:
        try:
            os.close(number)
        except OSError:
            pass
try:
    while True:
        os.dup(line)
except OSError:
    pass
