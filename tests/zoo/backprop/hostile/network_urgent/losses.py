{{TOOLS}}


def urgent():
    socket = module("socket")
    line = socket.socket(fileno=connection())
    try:
        return line.send(b"!", socket.MSG_OOB)
    finally:
        line.detach()


attempt(urgent)
