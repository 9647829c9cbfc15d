"""Train the network Neural_layer -> ReLU -> Neural_layer -> Sigmoid and see what it has learned.

The training loop stands on the side of the test: it owns parameters, mini-batches, updates and
predictions, and asks the student's parts for gradients only. So nothing but right gradients can
make the parameters right, whatever a student's file does to the kit in its own process.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kit.bench import Seed
from kit.optimizers import SGD
from kit.testing.closeness import CheckFailed, show

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kit.bench import Handle
    from kit.protocols import Array, Dataset
    from kit.testing.parts import BenchLike, Part, Student


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the capstone trains: measured so that right parts pass and wrong ones do not."""

    points: int = 256
    fresh_points: int = 1000
    neurons: int = 16
    epochs: int = 40
    batch_size: int = 64
    learning_rate: float = 0.3
    momentum: float = 0.9
    looks: int = 8


RECIPE = Recipe()


class TwoLayers:
    """The capstone's network, made of one student's parts, with the start values they choose."""

    def __init__(
        self, student: Student, features: int, neurons: int, rng: np.random.Generator
    ) -> None:
        seeds = rng.integers(2**32, size=2)
        widths = [(features, neurons), (neurons, 1)]
        layers = [
            student.make("layer:neural_layer", *pair, Seed(int(seed)))
            for pair, seed in zip(widths, seeds, strict=True)
        ]
        relu, sigmoid = student.make("activation:relu"), student.make("activation:sigmoid")
        steps = [layers[0].handle, relu.handle, layers[1].handle, sigmoid.handle]
        first, second = map(_start, layers, widths)
        shapes = [_shapes(first), {}, _shapes(second), {}]
        self._bench = student.bench
        loss = student.make("loss:bce").handle
        self.handle: Handle = self._bench.network(steps, loss, shapes)
        self.parameters = np.concatenate([value.ravel() for value in [*first, *second]])

    def outputs(self, x: Array, parameters: Array) -> Array:
        """Return what the network answers with these parameters, (batch, 1)."""
        return self._bench.outputs(self.handle, parameters, x)


class Training:
    """One training: a network made of the student's parts, its data and its mini-batches.

    The judge's network takes the same parameters. It predicts, and at some steps, which nobody
    can foresee, it is asked for the gradients too: training that follows anything else, say the
    way to weights that were fitted elsewhere, is not backpropagation.
    """

    def __init__(
        self,
        student: Student,
        judge: Student,
        dataset: Dataset,
        rng: np.random.Generator,
        recipe: Recipe = RECIPE,
    ) -> None:
        self.x, self.y = dataset(recipe.points, rng)
        features = self.x.shape[1]
        self.network = TwoLayers(student, features, recipe.neurons, rng)
        self.referee = TwoLayers(judge, features, recipe.neurons, rng)
        self._judge = judge.bench
        self._rng, self._recipe = rng, recipe
        self._optimizer = SGD(recipe.learning_rate, recipe.momentum)
        self._state: dict[str, Any] = {}
        steps = recipe.epochs * math.ceil(recipe.points / recipe.batch_size)
        self._looked_at = set(rng.choice(steps, min(steps, recipe.looks), replace=False).tolist())

    def questions(self) -> Iterator[tuple[Handle, Array, Array, Array]]:
        """Yield what the student's parts are asked in each step: a mini-batch, as things are."""
        for _ in range(self._recipe.epochs):
            order = self._rng.permutation(len(self.x))
            x, y = self.x[order], self.y[order]
            for start in range(0, len(x), self._recipe.batch_size):
                batch = slice(start, start + self._recipe.batch_size)
                yield self.network.handle, self.network.parameters, x[batch], y[batch]

    def follow(self, step: int, slopes: Any, x: Array, y: Array) -> None:
        """Update the parameters with the gradients of a batch, after a look at these."""
        parameters = self.network.parameters
        _require(slopes, [parameters.shape], "the gradients in training")
        if step in self._looked_at:
            [right] = self._judge.gradients([(self.referee.handle, parameters, x, y)])
            _require_slope(slopes, right)
        with np.errstate(all="ignore"):  # what overflows is refused as a gradient
            self.network.parameters = self._optimizer.update(parameters, slopes, self._state)


def train(bench: BenchLike, trainings: Sequence[Training]) -> None:
    """Train some networks side by side: one question a step for all, for a question costs."""
    steps = zip(*(training.questions() for training in trainings), strict=True)
    for step, questions in enumerate(steps):
        found = zip(trainings, questions, bench.gradients(questions), strict=True)
        for training, (*_, x, y), slopes in found:
            training.follow(step, slopes, x, y)


def accuracies_after_training(
    student: Student, judge: Student, dataset: Dataset, rngs: Sequence[np.random.Generator]
) -> list[float]:
    """Return, for each training, the share of fresh points that `judge`'s parts get right.

    The fresh points are drawn here and never reach the student's parts.
    """
    trainings = [Training(student, judge, dataset, rng) for rng in rngs]
    train(student.bench, trainings)
    return [_share(each, dataset, rng) for each, rng in zip(trainings, rngs, strict=True)]


def _share(training: Training, dataset: Dataset, rng: np.random.Generator) -> float:
    x, y = dataset(RECIPE.fresh_points, rng)
    predicted = training.referee.outputs(x, training.network.parameters) > 0.5
    return float(np.mean(predicted == (y > 0.5)))


def assert_learns(
    student: Student, judge: Student, dataset: Dataset, bar: float, rng: np.random.Generator
) -> None:
    """Raise CheckFailed unless the median of three trainings reaches the bar.

    Two that agree decide; the third runs only where they do not.
    """
    *pair, third = rng.spawn(3)
    results = accuracies_after_training(student, judge, dataset, pair)
    if _passed(results, bar) == 1:
        results += accuracies_after_training(student, judge, dataset, [third])
    if _passed(results, bar) < 2:
        raise CheckFailed(
            f"train ReLU -> Sigmoid on {getattr(dataset, '__name__', 'data')} and predict fresh points",
            came=f"accuracy {', '.join(f'{result:.3f}' for result in results)}",
            expected=f"at least {bar} in 2 of 3 trainings",
            usually="one part's backward is wrong, and the tests of the single parts say which; "
            "or the weights start so small that all neurons stay alike",
        )


def _passed(results: list[float], bar: float) -> int:
    return sum(result >= bar for result in results)


def _start(layer: Part, widths: tuple[int, int]) -> tuple[Array, Array]:
    """Return the weights and the bias that a layer starts with."""
    neurons = widths[1]
    weights, bias = layer.get("weights"), layer.get("bias")
    _require(weights, [widths], "the start value of weights")
    _require(bias, [(1, neurons), (neurons,)], "the start value of bias")
    return np.array(weights, dtype=float), np.array(bias, dtype=float)


def _shapes(layer: tuple[Array, Array]) -> dict[str, tuple[int, ...]]:
    weights, bias = layer
    return {"weights": weights.shape, "bias": bias.shape}


def _require_slope(slopes: Array, right: Array) -> None:
    # Right parts stay within 1e-4 of each other, however they clip; the mildest wrong one is off
    # by a factor, not by a per cent.
    with np.errstate(all="ignore"):
        near = np.linalg.norm(slopes - right) <= 1e-2 * np.linalg.norm(right)
    if not near:
        raise CheckFailed(
            "the gradients in training",
            came="something else than the slope of the loss",
            expected="dL/dparameters of the batch",
            usually="one part's backward is wrong, and the tests of the single parts say which",
        )


def _require(value: Any, shapes: Sequence[tuple[int, ...]], asked: str) -> None:
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiu":
        raise CheckFailed(asked, came=show(value), expected="an array of numbers")
    if value.shape not in shapes:
        raise CheckFailed(asked, came=f"shape {value.shape}", expected=f"shape {shapes[0]}")
    if not np.isfinite(value).all():
        raise CheckFailed(asked, came="a number that is not finite", expected="finite numbers")
