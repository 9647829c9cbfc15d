{{TOOLS}}

attempt(
    lambda: syscall("setns", syscall("pidfd_open", {{PARENT}}, 0), 0x04000000),
    lambda: syscall("unshare", 0x40000000),
    lambda: syscall("unshare", 0x00020000),
    lambda: syscall("unshare", 0x10000000),
)
