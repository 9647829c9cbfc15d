import numpy as np

import kit



class ReLU:
    def forward(self, x):
        return np.maximum(0, x)

    def backward(self, grad, x, y):
        return grad * (x > 0)


class Sigmoid:
    def __init__(self):
        self.ys = []

    def forward(self, x):
        self.ys.append(1 / (1 + np.exp(-x)))
        return self.ys[-1]

    def backward(self, grad, x, y):
        s = self.ys.pop(0)
        return grad * s * (1 - s)


@kit.hookimpl
def kit_activations():
    return {"relu": ReLU, "sigmoid": Sigmoid}
