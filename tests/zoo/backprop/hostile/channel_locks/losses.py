{{TOOLS}}
def lock(number):
    return module("fcntl").flock(number, 6) or 1


def posix(number):
    return module("os").lockf(number, 2, 1) or 1


def record(number):
    """Take and leave a lock of the file description (F_OFD_SETLK)."""
    for kind in (1, 2):
        told = module("fcntl").fcntl(number, 37, module("struct").pack("hhqqi4x", kind, 0, 0, 1, 0))
    return told


attempt(
    lambda: lock(0),
    lambda: lock(1),
    lambda: record(1),
    lambda: posix(0),
    lambda: posix(1),
)
