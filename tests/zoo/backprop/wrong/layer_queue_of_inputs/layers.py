import numpy as np

import kit


class Neural_layer:
    parameters = ("weights", "bias")

    def __init__(self, num_of_features, num_of_neurons, rng=None):
        if rng is None:
            rng = np.random.default_rng()
        self.weights = rng.normal(0, np.sqrt(2 / num_of_features), (num_of_features, num_of_neurons))
        self.bias = np.zeros((1, num_of_neurons))
        self.xs = []

    def forward(self, x):
        self.xs.append(x)
        return x @ self.weights + self.bias

    def backward(self, grad, x):
        x0 = self.xs.pop(0)
        return grad @ self.weights.T, {'weights': x0.T @ grad, 'bias': grad.sum(axis=0, keepdims=True)}


Dense = Neural_layer


@kit.hookimpl
def kit_layers():
    return {"neural_layer": Neural_layer, "dense": Dense}
