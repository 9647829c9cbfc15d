{{TOOLS}}
def drop(path):
    os = module("os")
    os.close(os.open(path, 0o102, 0o600))
    os.unlink(path)


attempt(
    lambda: module("tempfile").TemporaryFile().write(b"x"),
    lambda: module("tempfile").mkstemp(dir="{{FOLDER}}"),
    lambda: module("tempfile").mkdtemp(dir="{{FOLDER}}"),
    lambda: drop("/dev/shm/kit-hostile-canary"),
    lambda: drop("/tmp/kit-hostile-canary"),
)
