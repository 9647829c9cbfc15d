{{TOOLS}}

attempt(
    lambda: syscall("pidfd_getfd", syscall("pidfd_open", {{PARENT}}, 0), 0, 0),
)
