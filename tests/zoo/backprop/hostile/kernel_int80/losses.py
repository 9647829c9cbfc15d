{{TOOLS}}
PATH = b"{{SECRET}}\0"
SIZE = 4096


def run(page, address):
    ctypes = module("ctypes")
    page[2048 : 2048 + len(PATH)] = PATH
    page[: len(code(0))] = code(address + 2048)
    return ctypes.CFUNCTYPE(ctypes.c_int)(address)


def born_executable():
    page = module("mmap").mmap(-1, SIZE, flags=0x62, prot=7)
    return page, run(page, place(page))


def made_executable():
    page = module("mmap").mmap(-1, SIZE, flags=0x62, prot=3)
    start = run(page, place(page))
    ctypes = module("ctypes")
    if ctypes.CDLL(None, use_errno=True).mprotect(ctypes.c_void_p(place(page)), SIZE, 7):
        raise OSError(ctypes.get_errno(), "mprotect")
    return page, start


def place(page):
    ctypes = module("ctypes")
    return ctypes.addressof(ctypes.c_char.from_buffer(page))


def opened(made):
    page, start = made
    number = start()
    if number < 0:
        raise OSError(-number, "open")
    return module("os").read(number, 40)


def code(path):
    """push rbx; eax = 5 (open); ebx = path; ecx = edx = 0; int 0x80; pop rbx; ret."""
    return bytes.fromhex("53b805000000bb") + path.to_bytes(4, "little") + bytes.fromhex("31c931d2cd805bc3")


attempt(
    lambda: opened(born_executable()),
    lambda: opened(made_executable()),
)
