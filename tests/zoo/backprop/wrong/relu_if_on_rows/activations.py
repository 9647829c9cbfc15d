import numpy as np

import kit


class ReLU:
    def forward(self, x):
        return np.array([row if row > 0 else 0 * row for row in x])

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
