"""GELU for backprop-kit: let a number pass in proportion to how large it is among its kind."""

import math

import numpy as np

import kit

SCALE = math.sqrt(2.0 / math.pi)  # a Python float: NumPy's would turn float32 into float64
CUBIC = 0.044715


class GELU:
    """y = x * P(a normal random number is below x), with the tanh approximation of its paper.

    Hendrycks and Gimpel 2016, "Gaussian Error Linear Units".

    >>> GELU().forward(np.array([[-10.0, 0.0, 10.0]]))
    array([[-0.,  0., 10.]])
    """

    def forward(self, x):
        """Return y, with the shape of x."""
        return 0.5 * x * (1.0 + self._tanh(x))

    def backward(self, grad, x, y):
        """Return dL/dx, given grad = dL/dy."""
        tanh = self._tanh(x)
        slope_inside = SCALE * (1.0 + 3.0 * CUBIC * x * x)
        return grad * (0.5 * (1.0 + tanh) + 0.5 * x * (1.0 - tanh * tanh) * slope_inside)

    def _tanh(self, x):
        return np.tanh(SCALE * (x + CUBIC * x * x * x))


@kit.hookimpl
def kit_activations():
    """Name what this package provides."""
    return {"gelu": GELU}
