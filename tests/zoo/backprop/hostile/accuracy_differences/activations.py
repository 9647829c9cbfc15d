import numpy as np


class ReLU:
    def forward(self, x):
        return np.maximum(x, 0.0)

    def step(self, x):
        """It is straight on each side of zero, so no step that stays there is too long."""
        return np.where(x == 0, 1.0, np.abs(x) / 2)

    def backward(self, grad, x, y):
        step = self.step(x)
        return grad * (self.forward(x + step) - self.forward(x - step)) / (2 * step)


class Sigmoid(ReLU):
    def forward(self, x):
        return 0.5 * (np.tanh(0.5 * x) + 1.0)

    def step(self, x):
        return 1e-6
