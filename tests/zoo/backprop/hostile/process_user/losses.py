{{TOOLS}}
os = module("os")


def header():
    return module("ctypes").create_string_buffer(module("struct").pack("Ii", 0x20080522, 0))


attempt(
    lambda: os.setuid(0),
    lambda: os.setgid(0),
    lambda: os.setresuid(0, 0, 0),
    lambda: os.setgroups([]),
    lambda: syscall("capget", header(), bytes(24)),
)
