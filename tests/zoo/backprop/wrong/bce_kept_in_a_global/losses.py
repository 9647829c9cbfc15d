import numpy as np

import kit


class BinaryCrossEntropy:
    def forward(self, y_true, y_pred):
        global last_p
        last_p = np.clip(y_pred, 1e-12, 1 - 1e-12)
        return -np.mean(y_true * np.log(last_p) + (1 - y_true) * np.log(1 - last_p))

    def backward(self, y_true, y_pred):
        return (last_p - y_true) / (last_p * (1 - last_p)) / len(y_true)


@kit.hookimpl
def kit_losses():
    return {"bce": BinaryCrossEntropy}
