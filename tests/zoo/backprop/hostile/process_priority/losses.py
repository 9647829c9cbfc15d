{{TOOLS}}
os = module("os")


attempt(
    lambda: os.nice(1),
    lambda: os.setpriority(0, {{PARENT}}, 1),
    lambda: os.sched_setscheduler(0, 3, os.sched_param(0)),
    lambda: os.sched_setaffinity(0, [0]),
    lambda: syscall("ioprio_set", 1, 0, 0x4007),
    lambda: os.sched_setaffinity({{PARENT}}, [0]),
)
