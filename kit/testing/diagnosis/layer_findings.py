"""Say what is wrong with a layer, or with the half of it that an exercise is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kit.testing.diagnosis.layer import Layers
from kit.testing.diagnosis.layer_answers import SIZES, Backward, settings
from kit.testing.diagnosis.layer_backward import backward_finding
from kit.testing.diagnosis.layer_forward import forward_cases, forward_finding
from kit.testing.diagnosis.layer_habits import backward_habits, forward_habits
from kit.testing.diagnosis.layer_start import start_findings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kit.testing.diagnosis.finding import Finding
    from kit.testing.diagnosis.subject import Subject


def layer_findings(subject: Subject, exercise: str) -> list[Finding]:
    """Return what is wrong with a layer; nothing where all is right.

    An exercise whose name ends in `_forward` is about start values and forward, one that ends in
    `_backward` about backward alone: what is wrong with the other half costs nothing there.
    """
    layers = Layers(subject)
    found: list[Finding | None] = []
    if not exercise.endswith("_backward"):
        found += [*start_findings(layers), *_forward(layers)]
    if not exercise.endswith("_forward"):
        found += _backward(layers)
    return [each for each in found if each is not None]


def _forward(layers: Layers) -> Iterator[Finding | None]:
    asked = settings(SIZES, 7)
    cases = forward_cases(layers, asked)
    finding = forward_finding(layers, cases)
    yield finding
    yield from forward_habits(layers, cases, asked, right=finding is None)


def _backward(layers: Layers) -> Iterator[Finding | None]:
    backward = Backward.asked(layers, settings(SIZES, 7))
    finding = backward_finding(backward)
    yield finding
    yield from backward_habits(backward, right=finding is None)
