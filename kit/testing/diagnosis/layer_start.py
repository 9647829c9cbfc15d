"""Say what is wrong with the values that a layer starts with."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from kit.testing.closeness import show
from kit.testing.diagnosis.asking import play
from kit.testing.diagnosis.cases import is_numbers, shape_of
from kit.testing.diagnosis.faults import raised
from kit.values import Opaque, Seed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kit.errors import PartError
    from kit.testing.diagnosis.asking import Answer
    from kit.testing.diagnosis.finding import Finding
    from kit.testing.diagnosis.layer import Layers, Start

START = "__init__(num_of_features, num_of_neurons, rng)"
WITHOUT_RNG = "__init__(num_of_features, num_of_neurons)"
SIZES = ((3, 2), (1, 4), (6, 1), (4, 3), (2, 16), (16, 6), (5, 5), (16, 24))
RNG_SIZE = (4, 3)
SHAPED = "a start value has another shape or type than the contract says, or none at all"
NAMED = "`parameters` is a tuple with the names of the two attributes, weights and bias"
WANTED = 'parameters = ("weights", "bias"), below the line of the class'


def start_findings(layers: Layers) -> list[Finding]:
    """Return what is wrong with the start values; nothing where all is right."""
    starts = dict(zip(SIZES, layers.starts(SIZES), strict=True))
    shaped = list(_shaped(layers, starts))
    if shaped:
        is_made = shaped[0].error is None
        return [*shaped[:1], *(_named(layers) if is_made else [])]
    alike = list(_spread(layers, starts))
    values = alike or [*_too_large(layers, starts[16, 24]), *dice_findings(layers)]
    return [*_named(layers), *values]


def _finding(
    layers: Layers,
    kinds: Sequence[str],
    size: tuple[int, int],
    came: str,
    expected: str,
    *names: str,
    error: PartError | None = None,
    asked: str = START,
) -> Finding:
    return layers.subject.finding(
        asked,
        kinds,
        given=f"num_of_features = {size[0]}, num_of_neurons = {size[1]}",
        came=came,
        expected=expected,
        misconceptions=names,
        error=error,
    )


def _shaped(layers: Layers, starts: dict[tuple[int, int], Start]) -> Iterator[Finding]:
    """Tell of start values that are no arrays, or have another shape."""
    for size, start in starts.items():
        if start.error is not None:
            told = raised(start.error)
            yield _finding(layers, ("shape", "start"), size, told, "a layer", error=start.error)
            continue
        features, neurons = size
        for name, value, fitting in (
            ("weights", start.weights, [size]),
            ("bias", start.bias, [(1, neurons), (neurons,)]),
        ):
            if shape_of(value) not in fitting or not is_numbers(value) or value.dtype.kind != "f":
                names = _shape_names(start, features, neurons) if name == "weights" else ()
                if isinstance(value, Opaque):
                    names = ("no-plain-array",)
                came = f"{name} = {'None' if value is None else show(value)}"
                if shape_of(value) is not None:
                    came = f"{name} of shape {shape_of(value)}: {show(value)}"
                expected = f"floats of shape {fitting[0]}"
                found = _finding(layers, ("shape", "start"), size, came, expected, *names)
                yield replace(found, meaning=SHAPED)


def _shape_names(start: Start, features: int, neurons: int) -> tuple[str, ...]:
    if shape_of(start.weights) != (neurons, features):
        return ()
    if shape_of(start.bias) in {(1, features), (features,)} and features != neurons:
        return ("arguments-swapped",)
    return ("weights-turned",)


def _named(layers: Layers) -> Iterator[Finding]:
    """Tell of a layer that does not name its parameters."""
    [[answer]] = play([lambda: [layers.subject.make(3, 2, Seed(0)).question_for("parameters")]])
    named = answer.value
    if answer.error is not None and answer.error.name == "AttributeError":
        name = layers.subject.name
        came = f"layer {name} has no `parameters`: it is taken for an activation"
        yield _finding(layers, ("shape",), (3, 2), came, WANTED, "attribute-missing")
    elif not isinstance(named, tuple | list) or sorted(map(str, named)) != ["bias", "weights"]:
        came = raised(answer.error) if answer.error else f"parameters = {show(named)}"
        found = _finding(layers, ("shape",), (3, 2), came, WANTED, error=answer.error)
        yield replace(found, meaning=found.meaning or NAMED)


def _spread(layers: Layers, starts: dict[tuple[int, int], Start]) -> Iterator[Finding]:
    """Tell of neurons that start alike, and of numbers that are not finite."""
    for size, start in starts.items():
        for name, value in (("weights", start.weights), ("bias", start.bias)):
            if not np.isfinite(value).all():
                came = f"{name} = {show(value)}"
                yield _finding(layers, ("start", "shape"), size, came, "finite floats")
                return
        rank = np.linalg.matrix_rank(start.weights)
        if rank < min(size):
            came = f"weights of rank {rank}: {show(start.weights)}"
            expected = f"rank {min(size)}: no neuron that follows from others"
            yield _finding(layers, ("start",), size, came, expected, *_alike(starts))
            return


def _alike(starts: dict[tuple[int, int], Start]) -> tuple[str, ...]:
    weights = [start.weights for size, start in starts.items() if size[1] > 2]
    if not any(each.any() for each in weights):
        return ("zero-start",)
    return ("twin-neurons",) if all(map(_has_twins, weights)) else ()


def _has_twins(weights: Any) -> bool:
    return bool(len(np.unique(weights, axis=1).T) < weights.shape[1])


def _too_large(layers: Layers, start: Start) -> Iterator[Finding]:
    size = (16, 24)
    if np.abs(start.bias).max() > 0.5:
        came = f"a bias up to {np.abs(start.bias).max():.3g} from zero"
        yield _finding(
            layers, ("start",), size, came, "numbers at or near zero", "bias-far-from-zero"
        )
    spread = start.weights.std()
    if not 1e-4 < spread < 3:
        came = f"weights with a standard deviation of {spread:.3g}"
        names = ("weights-too-large",) if spread >= 3 else ()
        yield _finding(layers, ("start",), size, came, "from 0.0001 to 3", *names)


def dice_findings(layers: Layers) -> Iterator[Finding]:
    """Tell of start values that do not come from the generator handed in."""
    first, same, other, alone, apart, one, two, bias, same_bias = _drawn(layers)
    for answer, told in ((alone, "without an rng"), (apart, "with rng = None")):
        if answer.error is not None:
            yield _finding(
                layers,
                ("start",),
                RNG_SIZE,
                f"{raised(answer.error)}, {told}",
                "a layer",
                error=answer.error,
                asked=WITHOUT_RNG,
            )
            return
    values = [answer.value for answer in (first, same, other, alone, apart, one, two)]
    if any(shape_of(value) != RNG_SIZE for value in values):
        return
    yield from _compared(layers, first.value, same.value, other.value, one.value, two.value)
    if np.array_equal(values[0], values[1]) and not np.array_equal(bias.value, same_bias.value):
        expected = "the same bias, from two generators of one seed"
        yield _finding(layers, ("start",), RNG_SIZE, "another bias", expected, "rng-ignored")


def _drawn(layers: Layers) -> list[Answer]:
    """Make layers with two generators of a seed, another seed, none, none, and one shared."""
    make, generator = layers.subject.make, layers.subject.student.generator
    single = [(Seed(7),), (Seed(7),), (Seed(8),), (), (None,)]
    scenes = [lambda rng=rng: [make(*RNG_SIZE, *rng).question_for("weights")] for rng in single]

    def shared() -> list[Any]:
        rng = generator(7)
        return [make(*RNG_SIZE, rng).question_for("weights") for _ in range(2)]

    biases = [lambda: [make(*RNG_SIZE, Seed(7)).question_for("bias")] for _ in range(2)]
    return [answer for answers in play([*scenes, shared, *biases]) for answer in answers]


def _compared(
    layers: Layers, first: Any, same: Any, other: Any, one: Any, two: Any
) -> Iterator[Finding]:
    if not np.array_equal(first, same):
        expected = "the same weights, from two generators of one seed"
        yield _finding(layers, ("start",), RNG_SIZE, "other weights", expected, "rng-ignored")
    elif np.allclose(first, other):
        came = f"twice {show(first)}"
        expected = "other weights, from generators of two seeds"
        yield _finding(layers, ("start",), RNG_SIZE, came, expected, *_own_seed(layers))
    elif np.allclose(one, two):
        came = f"twice {show(one)}"
        expected = "other weights, for two layers that share one generator"
        names = ("generator-copied",) if np.array_equal(one, two) else ()
        yield _finding(layers, ("start",), RNG_SIZE, came, expected, *names)


def _own_seed(layers: Layers) -> tuple[str, ...]:
    """Tell a seed of one's own from fixed numbers, and from weights that are drawn only once.

    Layers of another size then begin with the same random numbers, up to their scale.
    """
    scenes = [
        lambda size=size: [layers.subject.make(*size, Seed(9)).question_for("weights")]
        for size in ((4, 3), (2, 3), (4, 2))
    ]
    weights = [answers[0].value for answers in play(scenes)]
    if not all(is_numbers(each) for each in weights):
        return ()
    for order, part in (("C", weights[1]), ("F", weights[2])):
        large, small = weights[0].ravel(order), part.ravel(order)
        ratio = large[: small.size] / small
        if np.ptp(ratio) < 1e-9 * abs(ratio[0]) and np.unique(large).size == large.size:
            steps = np.diff(large)
            return ("own-seed",) if np.ptp(np.sign(steps)) > 0 else ()
    return ()
