{{TOOLS}}
def daemonize():
    os, time = module("os"), module("time")
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(0.3)
            open("{{FOLDER}}/daemon", "w").write("REACHED")
        os._exit(0)
    raise PermissionError("a daemon is on its way")


attempt(
    lambda: daemonize(),
)
