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

from kit.optimizers import SGD
from kit.testing.closeness import CheckFailed, show
from kit.testing.known_network import KnownNetwork
from kit.testing.parts import answers
from kit.values import Seed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kit.protocols import Array, Dataset
    from kit.testing.parts import BenchLike, Part, Student
    from kit.values import Handle


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the capstone trains: in rounds of a few steps, until the bar is reached.

    Measured so that right parts pass, most of them in six rounds, and wrong ones do not
    (`python -m benchmarks.capstone`).
    """

    points: int = 256
    fresh_points: int = 1000
    neurons: int = 16
    rounds: int = 30
    epochs: int = 2  # of a round
    batch_size: int = 128
    learning_rate: float = 0.5
    momentum: float = 0.9
    looks: int = 1  # at steps of a round that nobody can foresee


RECIPE = Recipe()


class TwoLayers:
    """The capstone's network, made of one student's parts, with the start values they choose.

    All but their size and their mean, which are judged where the layer is: weights start around
    zero, at the scale of He et al. (2015, "Delving deep into rectifiers"), so that no right network
    needs luck, or patience.
    """

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
        first, second = _starts(layers, widths)
        shapes = [_shapes(first), {}, _shapes(second), {}]
        self._bench = student.bench
        loss = student.make("loss:bce").handle
        self.handle: Handle = self._bench.network(steps, loss, shapes)
        self.parameters = np.concatenate([value.ravel() for value in [*first, *second]])

    def outputs(self, x: Array, parameters: Array) -> Array:
        """Return what the network answers with these parameters, (batch, 1)."""
        return self._bench.outputs(self.handle, parameters, x)

    def gradients(self, x: Array, y: Array, parameters: Array) -> Array:
        """Return dL/dparameters, one vector."""
        return self._bench.gradients([(self.handle, parameters, x, y)])[0]


class Training:
    """One training: a network made of the student's parts, its data and its mini-batches.

    The judge's network takes the same parameters. It predicts, on fresh points that never reach
    the student's parts. And it is asked for the gradients too, at some steps that nobody can
    foresee and wherever the student's are larger than those seen before: training that follows
    anything else, say the way to weights that were fitted elsewhere, is not backpropagation.
    """

    def __init__(
        self,
        student: Student,
        judge: Student | None,
        dataset: Dataset,
        rng: np.random.Generator,
        recipe: Recipe = RECIPE,
    ) -> None:
        self.x, self.y = dataset(recipe.points, rng)
        self.fresh_x, self.fresh_y = dataset(recipe.fresh_points, rng)
        features = self.x.shape[1]
        self.network = TwoLayers(student, features, recipe.neurons, rng)
        self.referee: TwoLayers | KnownNetwork = KnownNetwork(features, recipe.neurons)
        if judge is not None:
            self.referee = TwoLayers(judge, features, recipe.neurons, rng)
        self._rng, self._recipe = rng, recipe
        self._optimizer = SGD(recipe.learning_rate, recipe.momentum)
        self._state: dict[str, Any] = {}
        self._largest = 0.0  # norm of the gradients that were looked at
        self.accuracy = 0.0

    def round(self) -> Iterator[Step]:
        """Yield each step of a round, a mini-batch; at the end, see what was learned."""
        recipe = self._recipe
        batches = math.ceil(len(self.x) / recipe.batch_size)
        looks = self._rng.choice(batches * recipe.epochs, recipe.looks, replace=False)
        for epoch in range(recipe.epochs):
            order = self._rng.permutation(len(self.x))
            for number in range(batches):
                batch = order[number * recipe.batch_size : (number + 1) * recipe.batch_size]
                is_looked_at = epoch * batches + number in looks
                yield Step(self, self.x[batch], self.y[batch], is_looked_at)
        self.accuracy = self._share()

    def follow(self, step: Step, slopes: Any) -> None:
        """Update the parameters with the gradients of a batch, after a look at these."""
        parameters = self.network.parameters
        _require(slopes, [parameters.shape], "the gradients in training")
        with np.errstate(all="ignore"):  # a norm that overflows is looked at
            size = float(np.linalg.norm(slopes))
        if step.is_looked_at or size > self._largest:
            _require_slope(slopes, self.referee.gradients(step.x, step.y, parameters))
            self._largest = max(size, self._largest)
        with np.errstate(all="ignore"):  # what overflows is refused as a gradient
            self.network.parameters = self._optimizer.update(parameters, slopes, self._state)

    def _share(self) -> float:
        predicted = self.referee.outputs(self.fresh_x, self.network.parameters) > 0.5
        return float(np.mean(predicted == (self.fresh_y > 0.5)))


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a training: the batch, and whether the judge looks at its gradients."""

    training: Training
    x: Array
    y: Array
    is_looked_at: bool

    @property
    def question(self) -> tuple[Handle, Array, Array, Array]:
        """What the student's parts are asked: the gradients for this batch, as things are."""
        network = self.training.network
        return network.handle, network.parameters, self.x, self.y


def train(
    bench: BenchLike, trainings: Sequence[Training], bar: float, recipe: Recipe = RECIPE
) -> None:
    """Train networks side by side, each until it is at the bar or its rounds are over.

    One question a step for all of them, for a question costs.
    """
    for _ in range(recipe.rounds):
        running = [training for training in trainings if training.accuracy < bar]
        for steps in zip(*(training.round() for training in running), strict=True):
            found = bench.gradients([step.question for step in steps])
            for step, slopes in zip(steps, found, strict=True):
                step.training.follow(step, slopes)


def accuracies_after_training(
    student: Student,
    judge: Student | None,
    dataset: Dataset,
    bar: float,
    rngs: Sequence[np.random.Generator],
) -> list[float]:
    """Return, for each training, the share of fresh points that the judge's network gets right."""
    trainings = [Training(student, judge, dataset, rng) for rng in rngs]
    train(student.bench, trainings, bar)
    return [training.accuracy for training in trainings]


def assert_learns(
    student: Student, judge: Student | None, dataset: Dataset, bar: float, rng: np.random.Generator
) -> None:
    """Raise CheckFailed unless the median of three trainings reaches the bar.

    Two that agree decide; the third runs only where they do not. The judge is the reference, or
    None where there is no reference: then the kit's own formulas of the network judge.
    """
    *pair, third = rng.spawn(3)
    results = accuracies_after_training(student, judge, dataset, bar, pair)
    if _passed(results, bar) == 1:
        results += accuracies_after_training(student, judge, dataset, bar, [third])
    if _passed(results, bar) < 2:
        raise CheckFailed(
            f"train ReLU -> Sigmoid on {getattr(dataset, '__name__', 'data')} and predict fresh points",
            came=f"accuracy {', '.join(f'{result:.3f}' for result in results)}",
            expected=f"at least {bar} in 2 of 3 trainings",
            usually="one part's backward is wrong, and the tests of the single parts say which; "
            "or the neurons start so much alike that they stay alike",
        )


def _passed(results: list[float], bar: float) -> int:
    return sum(result >= bar for result in results)


def _starts(
    layers: Sequence[Part], widths: Sequence[tuple[int, int]]
) -> Iterator[tuple[Array, Array]]:
    """Yield the weights and the bias that each layer starts with."""
    names = ("weights", "bias")
    found = answers([layer.question_for(name) for layer in layers for name in names])
    for (features, neurons), weights, bias in zip(widths, found, found, strict=True):
        _require(weights, [(features, neurons)], "the start value of weights")
        _require(bias, [(1, neurons), (neurons,)], "the start value of bias")
        yield _standardized(np.array(weights, dtype=float)), np.array(bias, dtype=float)


def _standardized(weights: Array) -> Array:
    spread = weights.std()
    if not spread > 0:
        return weights
    scale = math.sqrt(2.0 / len(weights)) / float(spread)
    standardized: Array = (weights - weights.mean()) * scale
    return standardized


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
