"""Exercise BinaryCrossEntropy: one number that says how wrong the predictions are."""

import numpy as np

import kit


class BinaryCrossEntropy:
    """The mean over the batch of -(y_true * log(y_pred) + (1 - y_true) * log(1 - y_pred))."""

    def forward(self, y_true, y_pred):
        p = np.clip(y_pred, 1e-12, 1 - 1e-12)
        ones = y_true == 1
        total = np.log(p[ones]).sum() + np.log(1 - p[~ones]).sum()
        return float(-total / len(p))

    def backward(self, y_true, y_pred):
        p = np.clip(y_pred, 1e-12, 1 - 1e-12)
        ones = y_true == 1
        slopes = np.empty_like(p)
        slopes[ones] = -1 / p[ones]
        slopes[~ones] = 1 / (1 - p[~ones])
        slopes /= len(p)
        return slopes


@kit.hookimpl
def kit_losses():
    return {"bce": BinaryCrossEntropy}
