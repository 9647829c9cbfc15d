"""Losses, and what becomes of them right behind the activation that they belong to."""

from functools import partial

import numpy as np

from kit_fast.activations import Sigmoid, Softmax


class BinaryCrossEntropy:
    """The mean over the batch of -(y_true * log(y_pred) + (1 - y_true) * log(1 - y_pred))."""

    def forward(self, y_true, y_pred):
        """Return one float; finite for y_pred = 0 and y_pred = 1 too."""
        p = _guarded(y_pred)
        return float(-np.mean(y_true * np.log(p) + (1.0 - y_true) * np.log(1.0 - p)))

    def backward(self, y_true, y_pred):
        """Return dL/dy_pred, (batch, 1); finite for y_pred = 0 and y_pred = 1 too."""
        p = _guarded(y_pred)
        return (p - y_true) / (p * (1.0 - p)) / len(y_true)

    def fuse(self, activation):
        """Return this loss and a sigmoid in one; None for any other activation."""
        return SigmoidCrossEntropy() if type(activation) is Sigmoid else None


class SigmoidCrossEntropy:
    """Sigmoid and BinaryCrossEntropy in one, with labels of -1 and 1.

    The gradient is (sigmoid(x) - y_true) / N, and sigmoid(x) = (1 + tanh(x / 2)) / 2.
    """

    def labels(self, y_true):
        """Return -1 for 0, and 1 for 1."""
        return 2.0 * y_true - 1.0

    def forward(self, labels, x, axis=None):
        """Return the mean of log(1 + exp(-labels * x)), written so that nothing overflows."""
        margin = labels * x
        loss = np.abs(margin)
        np.negative(loss, out=loss)
        np.exp(loss, out=loss)
        np.log1p(loss, out=loss)
        loss -= np.minimum(margin, 0.0, out=margin)
        return loss.mean(axis=axis)

    def backward(self, labels, x, out=None):
        """Return dL/dx, (batch, 1)."""
        dx = np.multiply(x, 0.5, out=out)
        np.tanh(dx, out=dx)
        dx -= labels
        dx *= 0.5 / len(x)
        return dx

    def bind(self, labels, x, grad_x):
        """Return the calls of backward, for arrays that stay, and the factor that they leave out."""
        half = np.array(0.5, x.dtype)
        calls = [
            partial(np.multiply, x, half, grad_x),
            partial(np.tanh, grad_x, grad_x),
            partial(np.subtract, grad_x, labels, grad_x),
        ]
        return calls, 0.5 / len(x)


class CategoricalCrossEntropy:
    """The mean over the batch of -sum(y_true * log(y_pred)), with one 1 in each row of labels."""

    def forward(self, y_true, y_pred):
        """Return one float; finite for y_pred = 0 too."""
        return float(-np.sum(y_true * np.log(_guarded(y_pred))) / len(y_true))

    def backward(self, y_true, y_pred):
        """Return dL/dy_pred, with the shape of y_pred."""
        return -y_true / _guarded(y_pred) / len(y_true)

    def fuse(self, activation):
        """Return this loss and a softmax in one; None for any other activation."""
        return SoftmaxCrossEntropy() if type(activation) is Softmax else None


class SoftmaxCrossEntropy:
    """Softmax and CategoricalCrossEntropy in one: the gradient is (softmax(x) - y_true) / N."""

    def labels(self, y_true):
        """Return labels as they are."""
        return y_true

    def forward(self, labels, x, axis=None):
        """Return the mean of log(sum(exp(x))) - x[label], from the largest x of each row."""
        x = x - x.max(axis=-1, keepdims=True)
        loss = np.log(np.exp(x).sum(axis=-1, keepdims=True)) - (labels * x).sum(-1, keepdims=True)
        return loss.mean(axis=axis)

    def backward(self, labels, x, out=None):
        """Return dL/dx, with the shape of x."""
        dx = Softmax().forward(x, out=out)
        dx -= labels
        dx /= len(x)
        return dx


def _guarded(y_pred):
    """Keep predictions so far from 0 and 1 that a logarithm is finite, whatever the precision."""
    tiny = max(1e-12, float(np.finfo(y_pred.dtype).epsneg))
    return np.clip(y_pred, tiny, 1.0 - tiny)
