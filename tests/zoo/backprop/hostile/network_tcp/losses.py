{{TOOLS}}
def connect():
    socket = module("socket")
    return socket.create_connection(("127.0.0.1", {{PORT}}), 1)


def raw():
    number = syscall("socket", 2, 1, 0)
    address = module("struct").pack("=H", 2) + ({{PORT}}).to_bytes(2, "big") + bytes([127, 0, 0, 1]) + bytes(8)
    return syscall("connect", number, address, 16)


attempt(
    lambda: connect(),
    lambda: raw(),
)
