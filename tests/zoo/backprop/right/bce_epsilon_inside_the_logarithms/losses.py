"""Exercise BinaryCrossEntropy: one number that says how wrong the predictions are."""

import numpy as np

import kit


class BinaryCrossEntropy:
    """The mean over the batch of -(y_true * log(y_pred) + (1 - y_true) * log(1 - y_pred))."""

    def forward(self, y_true, y_pred):
        epsilon = 1e-12
        loss = y_true * np.log(y_pred + epsilon) + (1 - y_true) * np.log(1 - y_pred + epsilon)
        return float(-np.mean(loss))

    def backward(self, y_true, y_pred):
        epsilon = 1e-12
        slopes = -y_true / (y_pred + epsilon) + (1 - y_true) / (1 - y_pred + epsilon)
        return slopes / len(y_true)


@kit.hookimpl
def kit_losses():
    return {"bce": BinaryCrossEntropy}
