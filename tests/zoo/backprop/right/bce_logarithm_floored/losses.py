"""Exercise BinaryCrossEntropy: one number that says how wrong the predictions are."""

import numpy as np

import kit


class BinaryCrossEntropy:
    """The mean over the batch of -(y_true * log(y_pred) + (1 - y_true) * log(1 - y_pred))."""

    def forward(self, y_true, y_pred):
        with np.errstate(divide='ignore'):
            log_p = np.maximum(np.log(y_pred), -100)
            log_q = np.maximum(np.log(1 - y_pred), -100)
        return float(-np.mean(y_true * log_p + (1 - y_true) * log_q))

    def backward(self, y_true, y_pred):
        denominator = np.maximum(y_pred * (1 - y_pred), 1e-12)
        return (y_pred - y_true) / denominator / len(y_true)


@kit.hookimpl
def kit_losses():
    return {"bce": BinaryCrossEntropy}
