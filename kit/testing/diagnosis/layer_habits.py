"""Find what a layer does to its batch and its parameters, and what it keeps from call to call."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from kit.testing.closeness import show
from kit.testing.diagnosis.asking import play
from kit.testing.diagnosis.cases import Case, is_numbers
from kit.testing.diagnosis.habits import kept, overwritten, total
from kit.testing.diagnosis.layer_answers import ARRAYS, BACKWARD, WORDS, Backward
from kit.testing.diagnosis.layer_forward import FORWARD
from kit.testing.diagnosis.layer_turns import row, two_layers
from kit.testing.diagnosis.subject import given

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kit.testing.diagnosis.asking import Answer
    from kit.testing.diagnosis.finding import Finding
    from kit.testing.diagnosis.layer import Layers, Setting
    from kit.testing.parts import Part, Question


PARAMETERS = ("weights", "bias")


def changed_parameters(
    layers: Layers, asked: str, cases: Sequence[Case], settings: Sequence[Setting]
) -> Finding | None:
    """Tell of the first call after which the weights or the bias are other than those set."""
    for case, it in zip(cases, settings, strict=True):
        for name in PARAMETERS:
            before, after = getattr(it, name), case.also[f"{name}_after"]
            if case.answer.error is None and not _same_numbers(before, after):
                return layers.subject.finding(
                    asked,
                    ("purity",),
                    given=given(case),
                    came=f"{name} = {show(after)} after the call",
                    expected=f"{name} = {show(before)}, as before the call",
                    misconceptions=_update(cases, settings) if asked == BACKWARD else (),
                )
    return None


def _changed_in_the_end(
    layers: Layers, asked: str, it: Setting, after: Sequence[Answer]
) -> Finding | None:
    """Tell of parameters that are others than those set after a row of calls to one layer."""
    for name, answer in zip(PARAMETERS, after, strict=True):
        if answer.error is None and not _same_numbers(getattr(it, name), answer.value):
            return layers.subject.finding(
                asked,
                ("purity", "state"),
                given="one layer, asked several times, with other parameters at last",
                came=f"{name} = {show(answer.value)} after the call",
                expected=f"{name} = {show(getattr(it, name))}, as before the call",
            )
    return None


def _same_numbers(before: Any, after: Any) -> bool:
    return isinstance(after, np.ndarray) and np.array_equal(np.ravel(before), np.ravel(after))


def _update(cases: Sequence[Case], settings: Sequence[Setting]) -> tuple[str, ...]:
    """Name an update: what was lost is one number times the gradient, in weights or in bias."""
    for name in ("weights", "bias"):
        rates = [
            _rate(it, name, case.also[f"{name}_after"])
            for case, it in zip(cases, settings, strict=True)
        ]
        averaged = [rate * len(it.x) for rate, it in zip(rates, settings, strict=True)]
        if any(map(_is_one_number, (rates, averaged))):
            return ("update-inside-backward",)
    return ()


def _is_one_number(rates: Sequence[float]) -> bool:
    return bool(abs(rates[0]) > 1e-9 and np.ptp(rates) < 1e-7 * abs(rates[0]))


def _rate(it: Setting, name: str, after: Any) -> float:
    """Return the number of gradients that were taken off a parameter, nan where it is not one."""
    gradient = it.x.T @ it.grad if name == "weights" else it.grad.sum(axis=0)
    before = getattr(it, name)
    if not is_numbers(after) or after.size != before.size:
        return np.nan
    lost = (before.ravel() - after.ravel()) / gradient.ravel()
    return float(lost[0]) if np.ptp(lost) <= 1e-9 + 1e-7 * abs(lost[0]) else np.nan


def forward_habits(
    layers: Layers, cases: Sequence[Case], settings: Sequence[Setting], *, right: bool
) -> Iterator[Finding | None]:
    """Return what is wrong with the habits of forward."""
    yield overwritten(layers.subject, FORWARD, cases, {0: "x"})
    changed = changed_parameters(layers, FORWARD, cases, settings)
    yield changed
    if right and changed is None:
        yield _kept_by_forward(layers)


def backward_habits(backward: Backward, *, right: bool) -> Iterator[Finding | None]:
    """Return what is wrong with the habits of backward."""
    layers, cases = backward.layers, backward.cases("x")
    yield overwritten(layers.subject, BACKWARD, cases, {1: "x"})
    changed = changed_parameters(layers, BACKWARD, cases, backward.settings)
    yield changed
    if right and changed is None:
        yield _kept_by_backward(layers, turned=backward.turned)
        yield two_layers(layers, turned=backward.turned)


def _kept_by_forward(layers: Layers) -> Finding | None:
    settings = row()

    def scene() -> list[Question]:
        part = layers.with_parameters(settings[0])
        asked = []
        for it in settings:
            layers.set_parameters(part, it)
            asked.append(part.question("forward", it.x))
        return [*asked, *map(part.question_for, PARAMETERS)]

    [played] = play([scene])
    if found := _changed_in_the_end(layers, FORWARD, settings[-1], played[-2:]):
        return found
    first = settings[0]
    steps = [
        Case(
            {"x": it.x},
            answer,
            it.outputs,
            {"stale": (first.outputs, settings[max(place - 1, 0)].outputs)},
        )
        for place, (it, answer) in enumerate(zip(settings, played[:-2], strict=True))
    ]
    weights = [it.x @ first.weights + first.bias for it in settings]
    return kept(layers.subject, FORWARD, steps, weights)


def _played(layers: Layers, settings: Sequence[Setting], *, turned: bool) -> list[Answer]:
    """Ask one layer for backward, after a prediction once; a forward that fails predicts nothing."""
    for predicted in ([settings[2]], []):

        def scene(predicted: Sequence[Setting] = predicted) -> list[Question]:
            part = layers.with_parameters(settings[0], turned=turned)
            asked = [_asked_after_forward(part, settings[0])]
            asked += [part.question("forward", it.x) for it in predicted]
            for it in settings[1:]:
                layers.set_parameters(part, it, turned=turned)
                asked.append(_asked_after_forward(part, it))
            return [*asked, *map(part.question_for, PARAMETERS)]

        [answers] = play([scene])
        if not predicted or answers[1].error is None:
            break
    return [answers[0], *answers[1 + len(predicted) :]]


def _asked_after_forward(part: Part, it: Setting) -> Question:
    return part.question("backward", it.grad, it.x, first=[it.x])


def _kept_by_backward(layers: Layers, *, turned: bool) -> Finding | None:
    settings = row()
    *played, weights, bias = _played(layers, settings, turned=turned)
    if found := _changed_in_the_end(
        layers, BACKWARD, settings[-1], [_lying(weights, turned=turned), bias]
    ):
        return found
    answers = [[answer] + [answer] * 2 for answer in played]
    backward = Backward(layers, settings, answers, turned)
    for name in reversed(ARRAYS):
        fresh = backward.cases(name)
        steps = [
            replace(
                case,
                given={"x": case.given["x"], "grad": case.given["grad"]},
                also=_kept_arrays(backward, name, place),
            )
            for place, case in enumerate(fresh)
        ]
        old = [_right(backward, name, replace(it, weights=settings[0].weights)) for it in settings]
        if found := kept(layers.subject, BACKWARD, steps, old, f"{WORDS[name]}: "):
            return found
    return None


def _right(backward: Backward, name: str, it: Setting) -> Any:
    return backward.right(it)[name]


def _kept_arrays(backward: Backward, name: str, place: int) -> dict[str, Any]:
    """Return what one would answer who keeps the batch of the first call, or of an earlier one."""
    settings = backward.settings
    it, first, before = settings[place], settings[0], settings[max(place - 1, 0)]
    rights = [_right(backward, name, each) for each in settings[: place + 1]]
    stale = [
        _right(backward, name, replace(it, x=other.x)) if len(other.x) == len(it.grad) else None
        for other in (first, before, settings[2])
    ]
    return {"stale": (*stale, rights[0], rights[max(place - 1, 0)]), "total": total(rights)}


def _lying(weights: Answer, *, turned: bool) -> Answer:
    """Return weights (features, neurons), whichever way round the student keeps them."""
    return (
        replace(weights, value=weights.value.T) if turned and is_numbers(weights.value) else weights
    )
