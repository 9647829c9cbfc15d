{{TOOLS}}
def other():
    """Neither fstat nor a folder of /proc is needed: what a descriptor is, reading it tells."""
    os, sockets, found = module("os"), [], []
    for number in range(3, 1024):
        if is_socket(number):
            sockets.append(number)
            continue
        try:
            text = os.pread(number, 200, 0)
        except OSError as error:
            if error.errno != 9:  # it is there: a folder, a pipe
                found.append((number, error.errno))
        else:
            if text and b"most recent call first" not in text:
                found.append((number, text))
    if not found and len(sockets) < 2:
        raise PermissionError(f"nothing but {sockets}")
    return found, sockets


attempt(
    lambda: other(),
)
