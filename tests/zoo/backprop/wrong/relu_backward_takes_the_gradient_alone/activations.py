import numpy as np

import kit


class ReLU:
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, grad):
        return grad * (self.x > 0)


class Sigmoid:
    def forward(self, x):
        return 1 / (1 + np.exp(-x))

    def backward(self, grad, x, y):
        return grad * y * (1 - y)


@kit.hookimpl
def kit_activations():
    return {"relu": ReLU, "sigmoid": Sigmoid}
