"""Activations that write where they are told, and return their calls for a whole training."""

from functools import partial

import numpy as np

SMALL = 4096  # elements; up to here the sign of a number is sooner there than a comparison


class ReLU:
    """Keep what is positive, replace the rest by zero.

    >>> ReLU().forward(np.array([[-2.0, 0.0, 3.0]]))
    array([[0., 0., 3.]])
    """

    in_place = True  # backward needs y alone

    def forward(self, x, out=None):
        """Return y, with the shape of x."""
        return np.maximum(x, 0.0, out=out)

    def backward(self, grad, x, y, out=None):
        """Return dL/dx, given grad = dL/dy."""
        return np.multiply(grad, y > 0.0, out=out)

    def bind(self, x, y, grad_y, grad_x):
        """Return the calls of forward and of backward, for arrays that stay."""
        x, y, grad_y, grad_x = as_in_memory(x, y, grad_y, grad_x)
        if y.size <= SMALL:
            zero, slope = np.zeros_like(x), np.empty_like(y)
            mask = partial(np.sign, y, slope)  # y is 0 or positive
        else:
            zero, slope = np.zeros((), x.dtype), np.empty(y.shape, bool)
            mask = partial(np.greater, y, zero, slope)
        forward = [partial(np.maximum, x, zero, out=y), mask]  # y is still in the cache
        return forward, [partial(np.multiply, grad_y, slope, grad_x)]


class Tanh:
    """Squeeze every number into the interval from -1 to 1.

    >>> Tanh().forward(np.array([[0.0]]))
    array([[0.]])
    """

    def forward(self, x, out=None):
        """Return y, with the shape of x."""
        return np.tanh(x, out=out)

    def backward(self, grad, x, y, out=None):
        """Return dL/dx, given grad = dL/dy."""
        slope = np.multiply(y, y, out=out)
        np.subtract(1.0, slope, out=slope)
        return np.multiply(grad, slope, out=slope)

    def bind(self, x, y, grad_y, grad_x):
        """Return the calls of forward and of backward, for arrays that stay."""
        x, y, grad_y, grad_x = as_in_memory(x, y, grad_y, grad_x)
        one = np.ones((), y.dtype)
        slopes = [
            partial(np.multiply, y, y, grad_x),
            partial(np.subtract, one, grad_x, grad_x),
            partial(np.multiply, grad_y, grad_x, grad_x),
        ]
        return [partial(np.tanh, x, y)], slopes


class Sigmoid:
    """Squeeze every number into the interval from 0 to 1: y = 1 / (1 + exp(-x)).

    >>> Sigmoid().forward(np.array([[0.0]]))
    array([[0.5]])
    """

    def forward(self, x, out=None):
        """Return y, with the shape of x: (1 + tanh(x / 2)) / 2, which cannot overflow."""
        y = np.multiply(x, 0.5, out=out)
        np.tanh(y, out=y)
        y += 1.0
        y *= 0.5
        return y

    def backward(self, grad, x, y, out=None):
        """Return dL/dx, given grad = dL/dy."""
        slope = np.subtract(1.0, y, out=out)
        slope *= y
        slope *= grad
        return slope


class Softmax:
    """Turn the numbers of a row into shares of one: exp(x), divided by the sum of the row's.

    >>> Softmax().forward(np.array([[0.0, 0.0]]))
    array([[0.5, 0.5]])
    """

    def forward(self, x, out=None):
        """Return y, with the shape of x."""
        y = np.subtract(x, x.max(axis=1, keepdims=True), out=out)
        np.exp(y, out=y)
        y /= y.sum(axis=1, keepdims=True)
        return y

    def backward(self, grad, x, y, out=None):
        """Return dL/dx = y * (grad - sum(grad * y)), row by row."""
        inner = np.einsum("ij,ij->i", grad, y)[:, None]
        dx = np.subtract(grad, inner, out=out)
        dx *= y
        return dx


def as_in_memory(*arrays):
    """Return views whose rows lie one after the other: element by element, which way is all one.

    NumPy takes about 250 ns more for each call on small arrays that lie column by column. One array
    stays one array: two views of the same memory cost another 130 ns.
    """
    if arrays[0].flags.c_contiguous:
        return arrays
    views = {id(array): array.T for array in arrays}
    return tuple(views[id(array)] for array in arrays)
