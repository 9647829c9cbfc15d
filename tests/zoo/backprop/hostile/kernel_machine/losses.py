{{TOOLS}}
def name():
    present = module("os").uname().nodename.encode()
    return syscall("sethostname", present, len(present))


attempt(
    lambda: syscall("syslog", 10, 0, 0),
    lambda: syscall("personality", 0x0040000),
    lambda: name(),
)
