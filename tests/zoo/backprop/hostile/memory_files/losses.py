{{TOOLS}}
def fill():
    os, block, total = module("os"), bytes(1 << 20), 0
    for number in range(100):
        total += os.write(os.memfd_create(str(number)), block)
    return total


attempt(
    lambda: fill(),
)
