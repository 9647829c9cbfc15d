{{TOOLS}}

attempt(
    lambda: syscall("inotify_init1", 0),
    lambda: syscall("inotify_init"),
    lambda: syscall("fanotify_init", 0, 0),
)
