import numpy as np


class Neural_layer:
    parameters = ("weights", "bias")

    def __init__(self, num_of_features, num_of_neurons, rng=None):
        rng = np.random.default_rng() if rng is None else rng
        scale = 1 / np.sqrt(num_of_features)
        self.weights = rng.standard_normal((num_of_features, num_of_neurons)) * scale
        self.bias = np.zeros((1, num_of_neurons))

    def forward(self, x):
        y = x.dot(self.weights)
        y += self.bias
        return y

    def backward(self, grad, x):
        return grad.dot(self.weights.T), dict(weights=x.T.dot(grad), bias=grad.sum(0)[None])
