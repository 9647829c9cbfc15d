{{TOOLS}}
NEEDLE, PAGE = bytes.fromhex("{{RESIDUE}}"), 4096
ctypes = module("ctypes")
LIBC = ctypes.CDLL(None)
LIBC.sbrk.restype = ctypes.c_void_p


def readable(place):
    """Ask the kernel to read a set of signals there: it says EFAULT where there is no memory."""
    return LIBC.syscall(14, 0, ctypes.c_void_p(place), None, 8) == 0


def window(place):
    return range(place >> 20 << 20, (place >> 20) + 1 << 20, PAGE)


def pages():
    """Go through the memory around every object, and through the heap from its top down."""
    for start in {id(each) >> 20 << 20 for each in everything()}:
        yield from filter(readable, window(start))
    place = LIBC.sbrk(0) // PAGE * PAGE - PAGE
    while readable(place):
        yield place
        place -= PAGE


def hunt():
    number, mine = 0, id(NEEDLE) // PAGE * PAGE
    for number, place in enumerate(pages()):
        if place != mine and NEEDLE in ctypes.string_at(place, PAGE):
            return hex(place)
    raise PermissionError(f"nothing in {number} pages")


attempt(
    lambda: hunt(),
)
