{{TOOLS}}
def daemonize():
    os, time = module("os"), module("time")
    between = os.fork()
    if between == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(0.3)
            open("{{FOLDER}}/daemon", "w").write("REACHED")
        os._exit(0)
    os.waitpid(between, 0)  # from here on the daemon is in a session of its own
    raise PermissionError("a daemon is on its way")


attempt(
    lambda: daemonize(),
)
