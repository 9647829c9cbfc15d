"""The textbook trainer in plain NumPy, the yardstick of all ratios."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.reference_numpy import train
from benchmarks.tasks import LEARNING_RATE

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.tasks import Task


def prepared(task: Task, dtype: str, *, shuffled: bool) -> Callable[[], list[float]]:
    """Return the fit."""
    points, start = task.points(dtype), task.start(dtype)

    def fit() -> list[float]:
        layers = [(weights.copy(), bias.copy()) for weights, bias in start]
        orders = task.orders(shuffled=shuffled)
        return train(layers, points, orders, task.batch_size, LEARNING_RATE)

    return fit
