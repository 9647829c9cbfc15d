{{TOOLS}}

attempt(
    lambda: syscall("bpf", 0, module("struct").pack("IIII", 2, 4, 4, 1) + bytes(112), 128),
)
