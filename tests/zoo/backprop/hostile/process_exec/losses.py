{{TOOLS}}
os = module("os")
SCRIPT = "echo REACHED > {{FOLDER}}/exec"


def from_memory():
    number = os.memfd_create("script", 0)
    os.write(number, ("#!/bin/sh\n" + SCRIPT + "\n").encode())
    os.execve(number, ["script"], {})


attempt(
    from_memory,
    lambda: os.execv("/bin/sh", ["sh", "-c", SCRIPT]),
    lambda: syscall("execveat", -100, b"/bin/sh", 0, 0, 0),
)
