{{TOOLS}}
def start(method):
    process = module("multiprocessing").get_context(method).Process(target=len, args=("",))
    process.start()
    process.join()


def shared():
    block = module("multiprocessing.shared_memory").SharedMemory(create=True, size=10)
    block.close()
    block.unlink()


attempt(
    lambda: start("fork"),
    lambda: shared(),
)
