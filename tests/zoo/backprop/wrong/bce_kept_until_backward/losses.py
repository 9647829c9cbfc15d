import numpy as np

import kit


class BinaryCrossEntropy:
    p = None

    def forward(self, y_true, y_pred):
        if self.p is None:
            self.p = np.clip(y_pred, 1e-12, 1 - 1e-12)
        p = np.clip(y_pred, 1e-12, 1 - 1e-12)
        return -np.mean(y_true * np.log(p) + (1 - y_true) * np.log(1 - p))

    def backward(self, y_true, y_pred):
        p, self.p = self.p, None
        return (p - y_true) / (p * (1 - p)) / len(y_true)


@kit.hookimpl
def kit_losses():
    return {"bce": BinaryCrossEntropy}
