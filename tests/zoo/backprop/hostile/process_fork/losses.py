{{TOOLS}}
os = module("os")


def clone3():
    arguments = module("ctypes").create_string_buffer(module("struct").pack("11Q", *([0] * 4), 17, *([0] * 6)))
    return syscall("clone3", arguments, 88)


def forked(fork):
    process = fork()
    if process == 0:
        os._exit(0)
    os.waitpid(process, 0)
    return process


attempt(
    lambda: forked(os.fork),
    lambda: forked(lambda: syscall("fork")),
    lambda: forked(lambda: syscall("clone", 17, 0, 0, 0, 0)),
    lambda: forked(clone3),
    lambda: forked(lambda: module("pty").fork()[0]),
)
