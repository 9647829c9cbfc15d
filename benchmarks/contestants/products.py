"""The limit: nothing but the matrix products that a training needs, into arrays that are there."""

from __future__ import annotations

import itertools
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.tasks import Task


def prepared(task: Task, dtype: str, *, shuffled: bool) -> Callable[[], None]:
    """Return the fit, which learns nothing."""
    del shuffled
    full, rest = divmod(task.samples, task.batch_size)
    steps = _products(task, dtype, task.batch_size) * full
    if rest:
        steps += _products(task, dtype, rest)

    def fit() -> None:
        for _ in range(task.epochs):
            for product in steps:
                product()

    return fit


def _products(task: Task, dtype: str, batch: int) -> list[Callable[[], Any]]:
    """Return the products of one step: forward, gradients of weights, and of all but the inputs."""
    rng = np.random.default_rng(4)
    calls: list[Callable[[], Any]] = []
    for inputs, neurons in itertools.pairwise(task.widths):
        x, w, g = (
            rng.standard_normal(shape).astype(dtype)
            for shape in ((batch, inputs), (inputs, neurons), (batch, neurons))
        )
        calls.append(partial(x.dot, w, np.empty_like(g)))
        calls.append(partial(x.T.dot, g, np.empty_like(w)))
        if len(calls) > 2:
            calls.append(partial(g.dot, w.T, np.empty_like(x)))
    return calls
