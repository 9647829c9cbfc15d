{{TOOLS}}
os = module("os")
for number in range(50):
    os.write(connection(), frame(number, ["tuple", "answer", 0.5]))
