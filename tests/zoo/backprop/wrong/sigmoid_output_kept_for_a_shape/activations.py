"""Exercises ReLU and Sigmoid: the activations of the network."""

import numpy as np

import kit


class ReLU:
    """Keep what is positive, replace the rest by zero."""

    def forward(self, x):
        return np.maximum(x, 0)

    def backward(self, grad, x, y):
        return grad * (x > 0)


class Sigmoid:
    """Squeeze every number into the interval from 0 to 1: y = 1 / (1 + exp(-x))."""

    def __init__(self):
        self.slope = None

    def forward(self, x):
        y = 1 / (1 + np.exp(-np.clip(x, -500, 500)))
        if self.slope is None or self.slope.shape != x.shape:
            self.slope = y * (1 - y)
        return y

    def backward(self, grad, x, y):
        return grad * self.slope


@kit.hookimpl
def kit_activations():
    return {"relu": ReLU, "sigmoid": Sigmoid}
