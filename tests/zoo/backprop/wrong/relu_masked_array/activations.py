import numpy as np

import kit


class ReLU:
    def forward(self, x):
        return np.ma.masked_less(x, 0).filled(0) + np.ma.zeros(x.shape)

    def backward(self, grad, x, y):
        return grad * (x > 0)


class Sigmoid:
    def forward(self, x):
        return 1 / (1 + np.exp(-x))

    def backward(self, grad, x, y):
        return grad * y * (1 - y)


@kit.hookimpl
def kit_activations():
    return {"relu": ReLU, "sigmoid": Sigmoid}
