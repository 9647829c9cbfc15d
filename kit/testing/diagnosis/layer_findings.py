"""Say what is wrong with a layer, or with the half of it that an exercise is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kit.testing.diagnosis.layer import Layers
from kit.testing.diagnosis.layer_answers import BACKWARD, SIZES, Backward, settings
from kit.testing.diagnosis.layer_attributes import missing_attributes
from kit.testing.diagnosis.layer_backward import backward_finding
from kit.testing.diagnosis.layer_closer import closer_backward, closer_forward
from kit.testing.diagnosis.layer_forward import forward_cases, forward_finding
from kit.testing.diagnosis.layer_habits import backward_habits, forward_habits
from kit.testing.diagnosis.layer_start import START, dice_findings, start_findings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kit.testing.diagnosis.finding import Finding
    from kit.testing.diagnosis.subject import Subject

# What a layer without weights or bias fails.
IN_START = ("shape", "start", "value", "state", "purity")
IN_BACKWARD = ("gradient", "state", "purity", "shape")


def layer_findings(subject: Subject, exercise: str) -> list[Finding]:
    """Return what is wrong with a layer; nothing where all is right.

    An exercise whose name ends in `_forward` is about start values and forward, one that ends in
    `_backward` about backward alone: what is wrong with the other half costs nothing there.
    """
    layers = Layers(subject)
    missing = missing_attributes(layers)
    found: list[Finding | None] = []
    if not exercise.endswith("_backward"):
        found += _without_attributes(layers, missing) if missing else _start_and_forward(layers)
    if not exercise.endswith("_forward"):
        backward = list(_backward(layers))
        wrong = any(each is not None for each in backward)
        found += [_missing(layers, BACKWARD, missing)] if missing and wrong else backward
    return [each for each in found if each is not None]


def _without_attributes(layers: Layers, missing: str) -> Iterator[Finding | None]:
    """Tell of a layer without weights or bias: what forward does with those set is no matter."""
    yield _missing(layers, START, missing)
    if "`weights`" not in missing:
        yield from dice_findings(layers)


def _missing(layers: Layers, asked: str, missing: str) -> Finding:
    return layers.subject.finding(
        asked,
        IN_START if asked == START else IN_BACKWARD,
        given="num_of_features = 3, num_of_neurons = 2",
        came=missing,
        expected="the attributes `weights` and `bias`, which the kit sets and reads",
        misconceptions=("attribute-missing",),
    )


def _start_and_forward(layers: Layers) -> Iterator[Finding | None]:
    yield from start_findings(layers)
    yield from _forward(layers)


def _forward(layers: Layers) -> Iterator[Finding | None]:
    asked = settings(SIZES, 7)
    cases = forward_cases(layers, asked)
    finding = forward_finding(layers, cases)
    habits = list(forward_habits(layers, cases, asked, right=finding is None))
    yield from (finding, *habits)
    if not any((finding, *habits)):
        yield from closer_forward(layers)


def _backward(layers: Layers) -> Iterator[Finding | None]:
    backward = Backward.asked(layers, settings(SIZES, 7))
    finding = backward_finding(backward)
    habits = list(backward_habits(backward, right=finding is None))
    yield from (finding, *habits)
    if not any((finding, *habits)):
        yield from closer_backward(layers, turned=backward.turned)
