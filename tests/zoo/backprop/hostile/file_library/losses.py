{{TOOLS}}
def unloaded(name):
    ctypes = module("ctypes")
    return ctypes.CDLL(name)


attempt(
    lambda: unloaded("libresolv.so.2"),
    lambda: unloaded("libcrypt.so.1"),
)
