{{TOOLS}}
def bomb(count=40):
    os, time = module("os"), module("time")
    started = []
    for _ in range(count):
        process = os.fork()
        if process == 0:
            time.sleep(0.3)
            os._exit(0)
        started.append(process)
    return len(started)


attempt(
    lambda: bomb(),
)
