{{TOOLS}}
res = module("resource")


attempt(
    lambda: res.setrlimit(res.RLIMIT_AS, (-1, -1)),
    lambda: res.setrlimit(res.RLIMIT_FSIZE, (-1, -1)),
    lambda: res.setrlimit(res.RLIMIT_NOFILE, (4096, 4096)),
    lambda: res.prlimit(0, res.RLIMIT_AS, (-1, -1)),
    lambda: syscall("prlimit64", 0, 9, module("struct").pack("QQ", 2**64 - 1, 2**64 - 1), 0),
)
