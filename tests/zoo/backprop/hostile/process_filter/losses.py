{{TOOLS}}
def allow_all(load):
    ctypes, struct, os = module("ctypes"), module("struct"), module("os")
    allow = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0x7FFF0000))
    try:
        syscall("prctl", 38, 1, 0, 0, 0)
        load(struct.pack("HxxxxxxQ", 1, ctypes.addressof(allow)))
    finally:
        return os.open("{{SECRET}}", 0)


attempt(
    lambda: allow_all(lambda program: syscall("seccomp", 1, 0, program)),
    lambda: allow_all(lambda program: syscall("prctl", 22, 2, program, 0, 0)),
)
