{{TOOLS}}

attempt(
    lambda: open("/proc/{{PARENT}}/mem", "rb+"),
    lambda: open("/proc/{{PARENT}}/environ").read(),
    lambda: open("/proc/{{PARENT}}/maps").read(99),
    lambda: full(module("os").listdir("/proc/{{PARENT}}/fd")),
    lambda: open("/proc/{{PARENT}}/root/etc/passwd").read(9),
)
