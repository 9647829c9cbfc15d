{{TOOLS}}
def queue():
    number = syscall("mq_open", b"kit-hostile", 0o102, 0o600, 0)
    syscall("mq_unlink", b"kit-hostile")
    return number


attempt(
    lambda: queue(),
    lambda: module("os").memfd_create("note"),
    lambda: module("os").pipe(),
)
