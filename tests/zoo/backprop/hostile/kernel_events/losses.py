{{TOOLS}}
def buffer(size):
    return module("ctypes").create_string_buffer(size)


attempt(
    lambda: syscall("timerfd_create", 1, 0),
    lambda: syscall("eventfd2", 0, 0),
    lambda: syscall("epoll_create1", 0),
    lambda: syscall("io_setup", 1, buffer(8)),
    lambda: syscall("signalfd4", -1, buffer(8), 8, 0),
)
