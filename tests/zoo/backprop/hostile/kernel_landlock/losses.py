{{TOOLS}}

attempt(
    lambda: syscall("landlock_create_ruleset", module("struct").pack("QQ", 4, 0), 16, 0),
)
