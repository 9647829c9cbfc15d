import numpy as np


class ReLU:
    def forward(self, x):
        return x

    def backward(self, grad, x, y):
        return -grad


class Sigmoid:
    def forward(self, x):
        return np.full(x.shape, 0.5)

    def backward(self, grad, x, y):
        return -grad
