import numpy as np


class BinaryCrossEntropy:
    def forward(self, y_true, y_pred):
        return np.zeros(())

    def backward(self, y_true, y_pred):
        return np.zeros(y_pred.shape)
