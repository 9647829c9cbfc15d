{{TOOLS}}

attempt(
    lambda: module("os").open("/etc/passwd", 0),
    lambda: open("/etc/passwd").read(20),
    lambda: module("posix").open(b"/etc/passwd", 0),
)
