{{TOOLS}}
os = module("os")


def zero(status):
    if status != 0:
        raise PermissionError(f"status {status}")


attempt(
    lambda: module("subprocess").run(["/bin/sh", "-c", "exit 0"], check=True),
    lambda: zero(os.system("exit 0")),
    lambda: os.popen("echo x").close() or 1,
    lambda: os.posix_spawn("/bin/sh", ["sh", "-c", "exit 0"], {}),
    lambda: zero(os.spawnv(0, "/bin/true", ["true"])),
    lambda: module("platform").subprocess if False else zero(os.spawnlp(0, "true", "true")),
)
