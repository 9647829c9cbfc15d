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
        raise NotImplementedError("Exercise ReLU: return max(x, 0), element by element")

    def backward(self, grad, x, y):
        """Return dL/dx, given grad = dL/dy. Any slope from 0 to 1 is right at x = 0."""
        raise NotImplementedError("Exercise ReLU: grad is dL/dy; return dL/dx")


class Sigmoid:
    """Squeeze every number into the interval from 0 to 1: y = 1 / (1 + exp(-x)).

    >>> Sigmoid().forward(np.array([[0.0]]))
    array([[0.5]])
    """

    def forward(self, x):
        """Return y, with the shape of x; finite and right for x = -1000 and x = 1000 too."""
        raise NotImplementedError("Exercise Sigmoid: return 1 / (1 + exp(-x)), finite for large |x| too")

    def backward(self, grad, x, y):
        """Return dL/dx, given grad = dL/dy: finite for large |x|, and easiest to write with y."""
        raise NotImplementedError("Exercise Sigmoid: grad is dL/dy; return dL/dx")


@kit.hookimpl
def kit_activations():
    """Name the activations, so that `kit train --activation relu` finds yours."""
    return {"relu": ReLU, "sigmoid": Sigmoid}
