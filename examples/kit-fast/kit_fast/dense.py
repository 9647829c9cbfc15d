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
        every, slopes = (vector.reshape(-1, neurons) for vector in (parameters, gradients))
        weights, bias = every[:-1], every[-1:]
        if x.shape[1] > features:
            forward = [_product(x, every, y)]
            backward = [partial(x.T.dot, grad_y, slopes)]
        else:
            ones = np.ones((1, len(x)), x.dtype)
            bias = bias.reshape(()) if neurons == 1 else bias  # one number is quicker to add
            forward = [_product(x, weights, y), partial(np.add, y, bias, y)]
            backward = [
                partial(x.T.dot, grad_y, slopes[:-1]),
                partial(ones.dot, grad_y, slopes[-1:]),
            ]
        if grad_x is not None:
            backward.append(_product(grad_y, weights.T, grad_x))
        return forward, backward


def _product(a, b, out):
    """Return the call for a @ b, written as `dot` wants it: into rows."""
    if a.flags.c_contiguous and out.flags.c_contiguous:
        return partial(a.dot, b, out)
    return partial(b.T.dot, a.T, out.T)
