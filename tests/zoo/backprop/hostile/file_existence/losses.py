{{TOOLS}}
os = module("os")


def outcome(look, path):
    try:
        look(path)
    except Exception as error:
        return type(error).__name__, getattr(error, "errno", 0)
    return "it is there"


def differs(look):
    there, missing = outcome(look, "{{SECRET}}"), outcome(look, "{{SECRET}}-missing")
    if there == missing:
        raise PermissionError(f"both are {there}")
    return there, missing


attempt(
    lambda: differs(os.stat),
    lambda: differs(os.lstat),
    lambda: differs(lambda path: os.access(path, 0) or 1 / 0),
    lambda: differs(os.readlink),
    lambda: differs(os.statvfs),
    lambda: differs(os.listxattr),
    lambda: differs(os.chdir),
    lambda: differs(lambda path: os.open(path, 0o10000000)),
    lambda: differs(lambda path: os.rename(path, path)),
    lambda: differs(lambda path: os.link(path, path + "/x")),
    lambda: differs(lambda path: os.execv(path, ["x"])),
    lambda: differs(lambda path: full(os.path.exists(path))),
)
