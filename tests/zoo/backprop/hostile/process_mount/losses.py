{{TOOLS}}
def mounted():
    syscall("unshare", 0x00020000)
    syscall("mount", b"none", b"/", 0, 0x44000, 0)  # private, all the way down: nobody else sees it
    return syscall("mount", b"none", b"{{FOLDER}}", b"tmpfs", 0, 0)


attempt(
    lambda: mounted(),
)
