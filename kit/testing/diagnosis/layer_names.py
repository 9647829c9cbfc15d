"""Name what is wrong with a layer's backward: each array by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kit.testing.diagnosis.beliefs import recognised
from kit.testing.diagnosis.general import IN_BACKWARD
from kit.testing.diagnosis.layer_answers import ARRAYS, SCAN, Backward, settings
from kit.testing.diagnosis.layer_beliefs import BIAS, INPUT, WEIGHTS
from kit.testing.diagnosis.second_look import second_look

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kit.testing.diagnosis.asking import Answer
    from kit.testing.diagnosis.cases import Case

BELIEFS = {"x": INPUT, "weights": WEIGHTS, "bias": BIAS}


def names(backward: Backward, cases: dict[str, list[Case]]) -> tuple[str, ...]:
    """Return the name for each array that is wrong."""
    found: list[str] = []
    for name in ARRAYS:
        if any(case.wrong for case in cases[name]):
            found += recognised(cases[name], BELIEFS[name], IN_BACKWARD)
    if not found:
        name = next((name for name in ARRAYS if any(map(_misses, cases[name]))), "x")
        found += _second_look(backward, name, cases[name])
    return tuple(dict.fromkeys(found))


def _misses(case: Case) -> bool:
    return case.wrong and case.answer.error is None


def _second_look(backward: Backward, name: str, cases: Sequence[Case]) -> tuple[str, ...]:
    layers = backward.layers

    def ask(calls: Sequence[tuple[Case, tuple[Any, ...]]]) -> list[Answer]:
        asked = [backward.settings[_place(cases, case)] for case, _ in calls]
        exchanged = calls[0][1][0] is calls[0][0].given["x"]
        answers = layers.backward(asked, exchanged=exchanged)
        return [case.answer for case in Backward(layers, asked, answers).cases(name)]

    def scan() -> list[Case]:
        return Backward.asked(layers, settings(SCAN, 8)).cases(name)

    return second_look(cases, lambda case: (case.given["grad"], case.given["x"]), ask, scan)


def _place(cases: Sequence[Case], wanted: Case) -> int:
    return next(place for place, case in enumerate(cases) if case is wanted)
