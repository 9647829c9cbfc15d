import atexit
import gc
import weakref


def forever():
    while True:
        pass


atexit.register(forever)
gc.freeze()


class Late:
    def __del__(self):
        raise RuntimeError("late")


weakref.finalize(Late, forever)


{{SOLUTION}}
