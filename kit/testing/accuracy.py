"""Train the network Neural_layer -> ReLU -> Neural_layer -> Sigmoid and see what it has learned.

The training loop stands on the side of the test: it owns parameters, mini-batches, updates and
predictions, and asks the student's parts for gradients only. So nothing but right gradients can
make the parameters right, whatever a student's file does to the kit in its own process.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kit.optimizers import SGD
from kit.testing.closeness import CheckFailed, show

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kit.bench import Handle
    from kit.protocols import Array
    from kit.testing.parts import Part, Student


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


RECIPE = Recipe()


class TwoLayers:
    """The capstone's network, made of one student's parts, with the start values they choose."""

    def __init__(
        self, student: Student, features: int, neurons: int, rng: np.random.Generator
    ) -> None:
        seeds = rng.integers(2**32, size=2)
        widths = [(features, neurons), (neurons, 1)]
        layers = [
            student.make("layer:neural_layer", *pair, student.generator(int(seed)))
            for pair, seed in zip(widths, seeds, strict=True)
        ]
        relu, sigmoid = student.make("activation:relu"), student.make("activation:sigmoid")
        steps = [layers[0].handle, relu.handle, layers[1].handle, sigmoid.handle]
        first, second = map(_start, layers, widths)
        shapes = [_shapes(first), {}, _shapes(second), {}]
        self._bench = student.bench
        loss = student.make("loss:bce").handle
        self._network: Handle = self._bench.network(steps, loss, shapes)
        self.parameters = np.concatenate([value.ravel() for value in [*first, *second]])

    def gradients(self, x: Array, y: Array) -> Array:
        """Return the gradient of every parameter for a batch, checked for shape and finiteness."""
        slopes = self._bench.gradients(self._network, self.parameters, x, y)
        _require(slopes, [self.parameters.shape], "the gradients in training")
        return slopes

    def outputs(self, x: Array, parameters: Array) -> Array:
        """Return what the network answers with these parameters, (batch, 1)."""
        return self._bench.outputs(self._network, parameters, x)


def train(
    network: TwoLayers, x: Array, y: Array, rng: np.random.Generator, recipe: Recipe = RECIPE
) -> None:
    """Train in mini-batches; leave the result in `network.parameters`."""
    optimizer = SGD(recipe.learning_rate, recipe.momentum)
    state: dict[str, Any] = {}
    with np.errstate(all="ignore"):  # what overflows is refused as a gradient
        for _ in range(recipe.epochs):
            order = rng.permutation(len(x))
            for start in range(0, len(x), recipe.batch_size):
                batch = order[start : start + recipe.batch_size]
                slopes = network.gradients(x[batch], y[batch])
                network.parameters = optimizer.update(network.parameters, slopes, state)


def accuracy_after_training(
    student: Student, judge: Student, dataset: Callable[..., Any], rng: np.random.Generator
) -> float:
    """Return the share of fresh points that `judge`'s parts get right with the trained parameters.

    The fresh points are drawn here and never reach the student's parts.
    """
    x, y = dataset(RECIPE.points, rng)
    fresh_x, fresh_y = dataset(RECIPE.fresh_points, rng)
    network = TwoLayers(student, x.shape[1], RECIPE.neurons, rng)
    referee = TwoLayers(judge, x.shape[1], RECIPE.neurons, rng)
    train(network, x, y, rng)
    predicted = referee.outputs(fresh_x, network.parameters) > 0.5
    return float(np.mean(predicted == (fresh_y > 0.5)))


def assert_learns(trial: Callable[[], float], bar: float, name: str, trials: int = 3) -> None:
    """Raise CheckFailed unless the median of some trainings reaches the bar; stop when decided."""
    results: list[float] = []
    needed = trials // 2 + 1
    while max(_passed(results, bar), len(results) - _passed(results, bar)) < needed:
        results.append(trial())
    if _passed(results, bar) < needed:
        raise CheckFailed(
            f"train ReLU -> Sigmoid on {name} and predict fresh points",
            came=f"accuracy {', '.join(f'{result:.3f}' for result in results)}",
            expected=f"at least {bar} in {needed} of {trials} trainings",
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


def _require(value: Any, shapes: Sequence[tuple[int, ...]], asked: str) -> None:
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiu":
        raise CheckFailed(asked, came=show(value), expected="an array of numbers")
    if value.shape not in shapes:
        raise CheckFailed(asked, came=f"shape {value.shape}", expected=f"shape {shapes[0]}")
    if not np.isfinite(value).all():
        raise CheckFailed(asked, came="a number that is not finite", expected="finite numbers")
