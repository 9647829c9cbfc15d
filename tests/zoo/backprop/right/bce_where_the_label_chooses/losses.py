"""Exercise BinaryCrossEntropy: one number that says how wrong the predictions are."""

import numpy as np

import kit


class BinaryCrossEntropy:
    """The mean over the batch of -(y_true * log(y_pred) + (1 - y_true) * log(1 - y_pred))."""

    def forward(self, y_true, y_pred):
        p = np.clip(y_pred, 1e-12, 1 - 1e-12)
        likelihood = np.where(y_true == 1, p, 1 - p)
        return float(-np.log(likelihood).mean())

    def backward(self, y_true, y_pred):
        p = np.clip(y_pred, 1e-12, 1 - 1e-12)
        return np.where(y_true == 1, -1 / p, 1 / (1 - p)) / y_true.size


@kit.hookimpl
def kit_losses():
    return {"bce": BinaryCrossEntropy}
