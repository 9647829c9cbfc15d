{{TOOLS}}

attempt(
    lambda: syscall("add_key", b"user", b"kit-hostile", b"x", 1, -1),
    lambda: syscall("keyctl", 0, -1, 1),
    lambda: syscall("request_key", b"user", b"kit-hostile", 0, -1),
)
