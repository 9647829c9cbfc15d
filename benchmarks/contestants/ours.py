"""The kit's trainer, with parts from anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

import kit
from benchmarks.tasks import LEARNING_RATE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from benchmarks.tasks import Task


class Unshuffled(np.random.Generator):
    """A generator whose permutations change nothing."""

    def permutation(self, x: Any, axis: int = 0) -> Any:  # noqa: ARG002 - NumPy's signature
        """Return the numbers up to x as they are."""
        return np.arange(x)


def trainer(task: Task, dtype: str, parts: Mapping[str, Any], *, shuffled: bool) -> kit.Trainer:
    """Return a new trainer with the start values of the task."""
    network = kit.Network.build(
        task.features,
        task.hidden,
        layer=parts["layer"],
        hidden_activation=parts["activation"],
        output_activation=parts["sigmoid"],
        rng=np.random.default_rng(0),
    )
    layers = [step for step in network.steps if hasattr(step, "weights")]
    for layer, (weights, bias) in zip(layers, task.start(dtype), strict=True):
        layer.weights, layer.bias = weights, bias
    return kit.Trainer(
        network,
        parts["loss"](),
        kit.SGD(LEARNING_RATE),
        epochs=task.epochs,
        batch_size=task.batch_size,
        rng=np.random.default_rng(3) if shuffled else Unshuffled(np.random.PCG64(3)),
        dtype=dtype,
    )


def fit_with(
    parts: Mapping[str, Any], task: Task, dtype: str, *, shuffled: bool
) -> Callable[[], list[float]]:
    """Return the fit."""
    points = task.points(dtype)
    return lambda: trainer(task, dtype, parts, shuffled=shuffled).fit(*points).loss
