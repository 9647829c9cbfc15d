{{TOOLS}}

attempt(
    lambda: module("os").chroot("/") or 1,
    lambda: module("os").fchdir(module("os").open("/", 0)) or 1,
)
