{{TOOLS}}
P = b"{{SECRET}}"


attempt(
    lambda: syscall("open", P, 0, 0),
    lambda: syscall("openat", -100, P, 0, 0),
    lambda: syscall("openat2", -100, P, bytes(24), 24),
    lambda: syscall("creat", b"{{FOLDER}}/raw", 0o600),
)
