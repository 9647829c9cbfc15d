"""The layer: one product forward, two backward, and a bias that may be part of the products."""

import math
from functools import partial

import numpy as np


class Dense:
    """y = x @ weights + bias, with weights (features, neurons) and bias (1, neurons)."""

    parameters = ("weights", "bias")

    def __init__(self, num_of_features, num_of_neurons, rng=None):
        """Start as He et al. 2015, "Delving deep into rectifiers", with a bias of zero."""
        rng = np.random.default_rng() if rng is None else rng
        scale = math.sqrt(2.0 / num_of_features)
        self.weights = rng.standard_normal((num_of_features, num_of_neurons)) * scale
        self.bias = np.zeros((1, num_of_neurons))

    def forward(self, x, out=None):
        """Return y (batch, neurons), for x (batch, features)."""
        y = x.dot(self.weights, out)
        y += self.bias
        return y

    def backward(self, grad, x, out=None, need_input_grad=True):
        """Return dL/dx and the gradients by name; `out` is such a pair of places."""
        dx, own = out or (None, {"weights": None, "bias": None})
        gradients = {
            "weights": x.T.dot(grad, own["weights"]),
            "bias": np.ones((1, len(grad)), grad.dtype).dot(grad, own["bias"]),
        }
        return grad.dot(self.weights.T, dx) if need_input_grad else None, gradients

    def bind(self, x, y, grad_y, grad_x, parameters, gradients):
        """Return the calls of forward and of backward, for arrays that stay.

        Where x has one column more than there are features, that column is ones: then the bias,
        which lies behind the weights in `parameters`, is their last row.
        """
        features, neurons = self.weights.shape
        if x.shape[1] > features:
            shape = (features + 1, neurons)
            every, slopes = parameters.reshape(shape), gradients.reshape(shape)
            forward = [partial(every.T.dot, x.T, y.T)]
            backward = [partial(x.T.dot, grad_y, slopes)]
            if grad_x is not None:
                backward.append(partial(every[:-1].dot, grad_y.T, grad_x.T))
            return forward, backward
        weights, bias = _split(parameters, features, neurons)
        slopes, bias_slopes = _split(gradients, features, neurons)
        forward = [partial(x.dot, weights, y), partial(np.add, y, bias, y)]
        ones = np.ones((1, len(x)), x.dtype)
        backward = [partial(x.T.dot, grad_y, slopes), partial(ones.dot, grad_y, bias_slopes)]
        if grad_x is not None:
            backward.append(partial(grad_y.dot, weights.T, grad_x))
        return forward, backward


def _split(vector, features, neurons):
    weights, bias = vector[:-neurons], vector[-neurons:]
    return weights.reshape(features, neurons), bias.reshape(1, neurons)
