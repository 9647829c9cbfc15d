{{TOOLS}}

attempt(
    lambda: open("/proc/self/maps").read(99),
    lambda: open("/proc/self/mem", "rb+"),
    lambda: open("/proc/self/cmdline").read(),
    lambda: open("/proc/self/status").read(99),
    lambda: full(module("os").listdir("/proc/self/fd")),
    lambda: module("os").readlink("/proc/self/exe"),
    lambda: full(module("os").listdir("/proc/self/root")),
)
