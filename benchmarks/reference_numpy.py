"""The yardstick: a trainer as a textbook writes it. Frozen: a change here moves every ratio.

Two matrix products forward, their mirror images backward, a loss for every batch, one update for
each parameter. The ratio to it stays what it is on a slower machine and with another NumPy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Array = NDArray[Any]


def forward(layers: Sequence[tuple[Array, Array]], x: Array) -> tuple[list[Array], list[Array]]:
    """Return what each layer is given, and what it makes of it before its activation."""
    inputs, sums = [x], []
    for weights, bias in layers:
        sums.append(inputs[-1] @ weights + bias)
        inputs.append(np.maximum(sums[-1], 0.0))
    inputs[-1] = 1.0 / (1.0 + np.exp(-sums[-1]))
    return inputs, sums


def cross_entropy(y: Array, p: Array) -> tuple[float, Array]:
    """Return the mean loss of predictions, and its gradient."""
    p = np.clip(p, 1e-12, 1.0 - 1e-12)
    loss = -np.mean(y * np.log(p) + (1.0 - y) * np.log(1.0 - p))
    return float(loss), (p - y) / (p * (1.0 - p)) / len(y)


def step(layers: Sequence[tuple[Array, Array]], x: Array, y: Array, learning_rate: float) -> float:
    """Move the parameters, in place, against the gradient of one batch; return the loss before."""
    inputs, sums = forward(layers, x)
    loss, grad = cross_entropy(y, inputs[-1])
    grad = grad * inputs[-1] * (1.0 - inputs[-1])
    gradients = []
    for index in reversed(range(len(layers))):
        gradients.append((inputs[index].T @ grad, grad.sum(axis=0, keepdims=True)))
        grad = grad @ layers[index][0].T
        if index:
            grad = grad * (sums[index - 1] > 0.0)
    for layer, slopes in zip(layers, reversed(gradients), strict=True):
        for parameter, slope in zip(layer, slopes, strict=True):
            parameter -= learning_rate * slope  # noqa: PLW2901 - in place
    return loss


def train(
    layers: Sequence[tuple[Array, Array]],
    points: tuple[Array, Array],
    orders: Iterable[Array],
    batch_size: int,
    learning_rate: float,
) -> list[float]:
    """Train for an epoch in each order; return the mean loss of each."""
    (x, y), losses = points, []
    for order in orders:
        total = 0.0
        for start in range(0, len(x), batch_size):
            batch = order[start : start + batch_size]
            total += step(layers, x[batch], y[batch], learning_rate) * len(batch)
        losses.append(total / len(x))
    return losses
