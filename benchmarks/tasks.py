"""The trainings that are compared: data, start values and batches, the same for everybody."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Array = NDArray[Any]

LEARNING_RATE = 0.05


@dataclass(frozen=True, slots=True)
class Task:
    """A network of ReLU layers and one sigmoid neuron, trained by SGD on binary cross-entropy."""

    name: str
    samples: int
    features: int
    hidden: tuple[int, ...]
    batch_size: int
    epochs: int

    @property
    def widths(self) -> tuple[int, ...]:
        """The values of a sample at each place of the network."""
        return (self.features, *self.hidden, 1)

    def points(self, dtype: str) -> tuple[Array, Array]:
        """Return x (samples, features) and labels y (samples, 1)."""
        rng = np.random.default_rng(1)
        x = rng.standard_normal((self.samples, self.features))
        y = (np.sin(2.0 * x[:, :1]) + x[:, 1:2] > 0.0).astype(np.float64)
        return x.astype(dtype), y.astype(dtype)

    def start(self, dtype: str) -> list[tuple[Array, Array]]:
        """Return weights (features, neurons) and bias (1, neurons) of each layer: He, and not 0."""
        rng = np.random.default_rng(2)
        return [
            (
                (rng.standard_normal((inputs, neurons)) * np.sqrt(2.0 / inputs)).astype(dtype),
                (rng.standard_normal((1, neurons)) * 0.01).astype(dtype),
            )
            for inputs, neurons in itertools.pairwise(self.widths)
        ]

    def orders(self, *, shuffled: bool) -> Iterator[Array]:
        """Yield the order of the points in each epoch."""
        rng = np.random.default_rng(3)
        shuffles = shuffled and self.batch_size < self.samples
        for _ in range(self.epochs):
            yield rng.permutation(self.samples) if shuffles else np.arange(self.samples)


TASKS = {
    task.name: task
    for task in (
        Task("T1", 1_000, 2, (16,), 32, 100),
        Task("T2", 10_000, 20, (64,), 64, 20),
        Task("T3", 20_000, 100, (256, 128), 256, 5),
        Task("T4", 60_000, 784, (512, 256), 512, 2),
        Task("T5", 5, 3, (5,), 5, 10_000),
    )
}
