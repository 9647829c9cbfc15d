"""Exercise BinaryCrossEntropy: one number that says how wrong the predictions are."""

import numpy as np

import kit


class BinaryCrossEntropy:
    """The mean over the batch of -(y_true * log(y_pred) + (1 - y_true) * log(1 - y_pred))."""

    def forward(self, y_true, y_pred):
        loss = y_true * np.log1p(y_pred) + (1 - y_true) * np.log1p(1 - y_pred)
        return float(-np.mean(loss))

    def backward(self, y_true, y_pred):
        p = np.clip(y_pred, 1e-12, 1 - 1e-12)
        return (p - y_true) / (p * (1 - p)) / len(y_true)


@kit.hookimpl
def kit_losses():
    return {"bce": BinaryCrossEntropy}
