import numpy as np

import kit



class ReLU:
    mask = None

    def forward(self, x):
        if self.mask is None:
            self.mask = x > 0
        return np.maximum(x, 0)

    def backward(self, grad, x, y):
        dx = grad * self.mask
        self.mask = None
        return dx


class Sigmoid:
    def forward(self, x):
        return 1 / (1 + np.exp(-x))

    def backward(self, grad, x, y):
        return grad * y * (1 - y)


@kit.hookimpl
def kit_activations():
    return {"relu": ReLU, "sigmoid": Sigmoid}
