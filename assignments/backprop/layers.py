"""Exercise Neural_layer: every neuron weighs all features and adds a bias.

The rules: do not modify `x`; random numbers come from the `rng` handed in; `backward` returns
gradients and updates nothing. The kit sets `weights` and `bias` during training, so read the
attributes at each call. A gradient has the shape of the thing it is the gradient of.
"""

import numpy as np

import kit


class Neural_layer:
    """y = x @ weights + bias, with weights (features, neurons) and bias (1, neurons).

    >>> layer = Neural_layer(2, 1, np.random.default_rng(0))
    >>> layer.weights, layer.bias = np.array([[2.0], [3.0]]), np.array([[1.0]])
    >>> layer.forward(np.array([[10.0, 100.0]]))
    array([[321.]])
    """

    parameters = ("weights", "bias")

    def __init__(self, num_of_features, num_of_neurons, rng=None):
        """Choose start values: two neurons that start equal stay equal for ever.

        Draw `weights` (features, neurons) from `rng`, a numpy.random.Generator (make one if it
        is None), of a scale that suits the number of features; let `bias` (1, neurons) start at
        zero or near it.
        """
        raise NotImplementedError("Exercise Neural_layer: draw weights from rng, let bias start near zero")

    def forward(self, x):
        """Return y (batch, neurons), for x (batch, features)."""
        raise NotImplementedError("Exercise Neural_layer: return x @ weights + bias")

    def backward(self, grad, x):
        """Return dL/dx and {"weights": dL/dweights, "bias": dL/dbias}, given grad = dL/dy.

        Parameters are shared by all samples, so their gradients are summed over the batch.
        """
        raise NotImplementedError("Exercise Neural_layer: return dL/dx and the gradient of each parameter")


Dense = Neural_layer  # the name that other libraries use


@kit.hookimpl
def kit_layers():
    """Name the layer, so that `kit train` finds yours."""
    return {"neural_layer": Neural_layer, "dense": Dense}
