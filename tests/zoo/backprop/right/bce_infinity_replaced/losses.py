"""Exercise BinaryCrossEntropy: one number that says how wrong the predictions are."""

import numpy as np

import kit


class BinaryCrossEntropy:
    """The mean over the batch of -(y_true * log(y_pred) + (1 - y_true) * log(1 - y_pred))."""

    def forward(self, y_true, y_pred):
        log_p = np.full_like(y_pred, -30.0)
        log_q = np.full_like(y_pred, -30.0)
        np.log(y_pred, out=log_p, where=y_pred > 0)
        np.log(1 - y_pred, out=log_q, where=y_pred < 1)
        return float(-np.mean(y_true * log_p + (1 - y_true) * log_q))

    def backward(self, y_true, y_pred):
        p = np.clip(y_pred, 1e-12, 1 - 1e-12)
        return (p - y_true) / (p * (1 - p)) / len(y_true)


@kit.hookimpl
def kit_losses():
    return {"bce": BinaryCrossEntropy}
