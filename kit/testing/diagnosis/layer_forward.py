"""Say what is wrong with a layer's forward."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kit.testing.diagnosis.beliefs import recognised
from kit.testing.diagnosis.cases import Case, smallest
from kit.testing.diagnosis.general import IN_FORWARD
from kit.testing.diagnosis.layer_answers import SCAN, SIZES, settings
from kit.testing.diagnosis.layer_beliefs import FORWARD as BELIEFS
from kit.testing.diagnosis.second_look import second_look
from kit.testing.diagnosis.subject import given

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kit.testing.diagnosis.asking import Answer
    from kit.testing.diagnosis.finding import Finding
    from kit.testing.diagnosis.layer import Layers, Setting

FORWARD = "forward(x)"


def forward_cases(layers: Layers, asked: Sequence[Setting]) -> list[Case]:
    """Ask forward, each of a new layer."""
    found = layers.forward(asked)
    return [_case(layers, it, answers) for it, answers in zip(asked, found, strict=True)]


def _case(layers: Layers, it: Setting, answers: Sequence[Answer]) -> Case:
    [start] = layers.starts([(it.weights.shape[0], it.weights.shape[1])])
    also = {
        "samples": len(it.x),
        "weights_after": answers[1].value,
        "bias_after": answers[2].value,
        "start_weights": start.weights,
        "start_bias": start.bias,
    }
    return Case({"x": it.x, "weights": it.weights, "bias": it.bias}, answers[0], it.outputs, also)


def forward_finding(layers: Layers, cases: Sequence[Case]) -> Finding | None:
    """Return what is wrong with the answers of forward, if anything is."""
    case = smallest(cases)
    if case is None:
        return None
    return layers.subject.finding(
        FORWARD,
        ("value", "shape"),
        given=given(case),
        came=case.came,
        error=case.answer.error,
        expected=case.expected,
        misconceptions=_names(layers, cases),
    )


def _names(layers: Layers, cases: Sequence[Case]) -> tuple[str, ...]:
    if any(case.answer.error is not None for case in cases) and layers.is_turned:
        return ("weights-turned",)
    found = recognised(cases, BELIEFS, IN_FORWARD)
    asked = settings(SIZES, 7)

    def ask(calls: Sequence[tuple[Case, tuple[Any, ...]]]) -> list[Answer]:
        wanted = [asked[_place(cases, case)] for case, _ in calls]
        return [answers[0] for answers in layers.forward(wanted)]

    def scan() -> list[Case]:
        return forward_cases(layers, settings(SCAN, 8))

    return found or second_look(cases, lambda case: (case.given["x"],), ask, scan)


def _place(cases: Sequence[Case], wanted: Case) -> int:
    return next(place for place, case in enumerate(cases) if case is wanted)
