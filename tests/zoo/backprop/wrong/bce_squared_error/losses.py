"""Exercise BinaryCrossEntropy: one number that says how wrong the predictions are."""

import numpy as np

import kit


class BinaryCrossEntropy:
    """The mean over the batch of -(y_true * log(y_pred) + (1 - y_true) * log(1 - y_pred))."""

    def forward(self, y_true, y_pred):
        return float(np.mean((y_pred - y_true) ** 2))

    def backward(self, y_true, y_pred):
        return 2 * (y_pred - y_true) / len(y_true)


@kit.hookimpl
def kit_losses():
    return {"bce": BinaryCrossEntropy}
