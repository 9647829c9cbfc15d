{{TOOLS}}

attempt(
    lambda: syscall("ptrace", 0x4206, {{PARENT}}, 0, 0),
)
