"""Exercise BinaryCrossEntropy: one number that says how wrong the predictions are.

The rules: do not modify `y_true` or `y_pred`; both are (batch, 1); labels are 0.0 or 1.0.
The loss is the mean over the batch, so its gradient carries a 1/N, the only one in the network.
"""

import numpy as np

import kit


class BinaryCrossEntropy:
    """The mean over the batch of -(y_true * log(y_pred) + (1 - y_true) * log(1 - y_pred)).

    >>> loss = BinaryCrossEntropy().forward(np.array([[1.0], [0.0]]), np.array([[0.9], [0.2]]))
    >>> round(float(loss), 4)
    0.1643
    """

    def forward(self, y_true, y_pred):
        """Return one float; finite for y_pred = 0 and y_pred = 1 too."""
        ### BEGIN SOLUTION BinaryCrossEntropy: return the mean loss, one finite float
        p = np.clip(y_pred, 1e-12, 1.0 - 1e-12)
        return float(-np.mean(y_true * np.log(p) + (1.0 - y_true) * np.log(1.0 - p)))
        ### END SOLUTION

    def backward(self, y_true, y_pred):
        """Return dL/dy_pred, (batch, 1); finite, of the right sign, for y_pred = 0 and 1 too."""
        ### BEGIN SOLUTION BinaryCrossEntropy: return dL/dy_pred, the slope of the mean loss
        p = np.clip(y_pred, 1e-12, 1.0 - 1e-12)
        return (p - y_true) / (p * (1.0 - p)) / len(y_true)
        ### END SOLUTION


@kit.hookimpl
def kit_losses():
    """Name the loss, so that `kit train` finds yours."""
    return {"bce": BinaryCrossEntropy}
