{{TOOLS}}
def start():
    thread = module("threading").Thread(target=len, args=("",))
    thread.start()
    thread.join()


def pool():
    with module("concurrent.futures").ThreadPoolExecutor(1) as pool:
        return pool.submit(len, "x").result()


def native():
    ctypes = module("ctypes")
    libc, thread = ctypes.CDLL(None), ctypes.c_ulong()
    error = libc.pthread_create(ctypes.byref(thread), None, libc.getpid, None)
    if error:
        raise OSError(error, "pthread_create")
    return libc.pthread_join(thread, None) == 0


attempt(
    lambda: module("_thread").start_new_thread(len, ("",)),
    lambda: start(),
    lambda: pool(),
    lambda: native(),
)
