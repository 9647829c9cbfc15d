{{TOOLS}}
def buffer(size):
    return module("ctypes").create_string_buffer(size)


attempt(
    lambda: syscall("io_uring_setup", 4, buffer(120)),
)
