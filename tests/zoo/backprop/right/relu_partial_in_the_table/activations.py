"""Exercises ReLU and Sigmoid: the activations of the network."""

import functools

import numpy as np

import kit


class ReLU:
    def __init__(self, floor):
        self.floor = floor

    def forward(self, x):
        return np.maximum(x, self.floor)

    def backward(self, grad, x, y):
        return grad * (x > self.floor)


class Sigmoid:
    """Squeeze every number into the interval from 0 to 1: y = 1 / (1 + exp(-x))."""

    def forward(self, x):
        return 1 / (1 + np.exp(-np.clip(x, -500, 500)))

    def backward(self, grad, x, y):
        return grad * y * (1 - y)


@kit.hookimpl
def kit_activations():
    return {"relu": functools.partial(ReLU, floor=0.0), "sigmoid": Sigmoid}
