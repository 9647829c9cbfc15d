{{TOOLS}}
def prctl(option, value):
    ctypes = module("ctypes")
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, value if isinstance(value, bytes) else ctypes.c_long(value), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


attempt(
    lambda: prctl(4, 1),
    lambda: prctl(1, 0),
    lambda: prctl(36, 1),
    lambda: prctl(15, b"innocent"),
)
