{{TOOLS}}
os = module("os")


def queued(process):
    information = module("struct").pack("iiiiii104x", 0, 0, -1, 0, os.getpid(), os.getuid())
    return syscall("rt_sigqueueinfo", process, 0, information)


def pidfd():
    return syscall("pidfd_send_signal", syscall("pidfd_open", {{PARENT}}, 0), 0, 0, 0)


attempt(
    lambda: os.kill({{PARENT}}, 0) or 1,
    lambda: syscall("tgkill", {{PARENT}}, {{PARENT}}, 0),
    lambda: syscall("tkill", {{PARENT}}, 0),
    lambda: queued({{PARENT}}),
    lambda: os.killpg(os.getpgid({{PARENT}}), 0),
    lambda: pidfd(),
    lambda: os.kill({{PARENT}}, 9),
)
