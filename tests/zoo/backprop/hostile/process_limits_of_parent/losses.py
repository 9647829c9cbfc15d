{{TOOLS}}

attempt(
    lambda: module("resource").prlimit({{PARENT}}, module("resource").RLIMIT_NOFILE, (64, 64)),
)
