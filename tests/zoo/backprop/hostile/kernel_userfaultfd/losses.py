{{TOOLS}}

attempt(
    lambda: syscall("userfaultfd", 1),
)
