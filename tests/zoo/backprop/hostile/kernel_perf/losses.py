{{TOOLS}}

attempt(
    lambda: syscall("perf_event_open", module("struct").pack("IIQ", 1, 112, 0) + bytes(96), 0, -1, -1, 0),
)
