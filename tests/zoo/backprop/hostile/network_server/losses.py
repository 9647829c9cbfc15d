{{TOOLS}}
def listening():
    server = module("socket").socket()
    server.bind(("127.0.0.1", 0))
    server.listen()
    return server.getsockname()


attempt(
    lambda: listening(),
)
