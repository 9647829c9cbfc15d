{{TOOLS}}
os = module("os")


def native():
    ctypes = module("ctypes")
    getenv = ctypes.CDLL(None).getenv
    getenv.restype = ctypes.c_char_p
    return full(getenv(b"KIT_HOSTILE_SECRET"))


attempt(
    lambda: full(os.environ["KIT_HOSTILE_SECRET"]),
    lambda: full(module("ctypes").c_char_p.in_dll)(None) if False else native(),
    lambda: full({k: v for k, v in os.environ.items() if k != "LC_CTYPE"}),
)
