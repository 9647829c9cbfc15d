{{TOOLS}}
def fcntl(*arguments):
    return module("fcntl").fcntl(*arguments)


def ioctl(*arguments):
    return module("fcntl").ioctl(*arguments)


attempt(
    lambda: fcntl(connection(), 8, {{PARENT}}) or 1,
    lambda: fcntl(connection(), 15, module("struct").pack("ii", 1, {{PARENT}})),
    lambda: fcntl(connection(), 10, 10) or 1,
    lambda: ioctl(connection(), 0x8901, module("struct").pack("i", {{PARENT}})),
)
