{{TOOLS}}
os, F = module("os"), "{{SECRET}}"


attempt(
    lambda: os.utime(F),
    lambda: os.chmod(F, 0o777),
    lambda: os.chown(F, os.getuid(), os.getgid()),
    lambda: os.truncate(F, 1),
    lambda: os.rename(F, F + "2"),
    lambda: os.unlink(F + "2"),
)
