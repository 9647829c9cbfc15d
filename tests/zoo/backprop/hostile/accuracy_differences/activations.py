import numpy as np


class ReLU:
    def forward(self, x):
        return np.maximum(x, 0.0)

    def backward(self, grad, x, y):
        return grad * (self.forward(x + 1e-6) - self.forward(x - 1e-6)) / 2e-6


class Sigmoid(ReLU):
    def forward(self, x):
        return 0.5 * (np.tanh(0.5 * x) + 1.0)
