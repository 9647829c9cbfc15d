"""Exercises ReLU and Sigmoid: the activations of the network.

The rules: do not modify `x` or `y`; `grad` may be reused; float64 in, float64 out.
Right before it calls `backward(grad, x, y)`, the kit always calls `forward(x)` on the same
object, and `y` is what that call returned. So you may keep values or compute them again.
"""

import numpy as np

import kit


class ReLU:
    """Keep what is positive, replace the rest by zero.

    >>> ReLU().forward(np.array([[-2.0, 0.0, 3.0]]))
    array([[0., 0., 3.]])
    """

    def forward(self, x):
        """Return y, with the shape of x: (batch, features)."""
        return np.maximum(x, 0.0)

    def backward(self, grad, x, y):
        """Return dL/dx, given grad = dL/dy. Any slope from 0 to 1 is right at x = 0."""
        return grad * (x > 0)


class Sigmoid:
    """Squeeze every number into the interval from 0 to 1: y = 1 / (1 + exp(-x)).

    >>> Sigmoid().forward(np.array([[0.0]]))
    array([[0.5]])
    """

    def forward(self, x):
        """Return y, with the shape of x; finite and right for x = -1000 and x = 1000 too."""
        while np.abs(x).max() > 700:  # exp(710) is too large for a float
            x = np.clip(x, -709, 709)
        return 1 / (1 + np.exp(-x))

    def backward(self, grad, x, y):
        """Return dL/dx, given grad = dL/dy. The slope is easiest to write with y."""
        return grad * y * (1.0 - y)


@kit.hookimpl
def kit_activations():
    """Name the activations, so that `kit train --activation relu` finds yours."""
    return {"relu": ReLU, "sigmoid": Sigmoid}
