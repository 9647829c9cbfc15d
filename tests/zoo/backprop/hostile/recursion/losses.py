import functools
import sys


def deeper(number=0):
    return deeper(number + 1)


class Round:
    def __repr__(self):
        return repr(self)


class BinaryCrossEntropy:
    def forward(self, y_true, y_pred):
        if len(y_true) == 1:
            return deeper()
        sys.setrecursionlimit(10**9)
        made = functools.partial(int)
        for _ in range(10**5):
            made = functools.partial(lambda inner: inner(), made)
        return made()

    def backward(self, y_true, y_pred):
        return eval("-" * 10**5 + "1")
