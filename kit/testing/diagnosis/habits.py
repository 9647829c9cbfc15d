"""Habits that only show from call to call: writing to arguments, and keeping what is over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kit.testing.closeness import show
from kit.testing.diagnosis.beliefs import equals, recognised, same
from kit.testing.diagnosis.faults import is_misfit
from kit.testing.diagnosis.subject import given

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kit.testing.diagnosis.beliefs import Beliefs, Formula
    from kit.testing.diagnosis.cases import Case
    from kit.testing.diagnosis.finding import Finding
    from kit.testing.diagnosis.subject import Subject


def overwritten(
    subject: Subject, asked: str, cases: Sequence[Case], watched: Mapping[int, str]
) -> Finding | None:
    """Tell of the first call that changed an argument: `watched` maps its place to its name."""
    for case in cases:
        for place, name in watched.items():
            before = getattr(case.inputs, name)
            if place < len(case.answer.echo) and _changed(before, case.answer.echo[place]):
                return _change(subject, asked, case, name, case.answer.echo[place])
    return None


def _changed(before: Any, after: Any) -> bool:
    return not isinstance(after, np.ndarray) or not np.array_equal(after, before, equal_nan=True)


def _change(subject: Subject, asked: str, case: Case, name: str, after: Any) -> Finding:
    before = getattr(case.inputs, name)
    return subject.finding(
        asked,
        ["purity"],
        given=given(case),
        came=f"{name} = {show(after)} after the call",
        expected=f"{name} = {show(before)}, as before the call",
        misconceptions=("output-overwritten" if name == "y" else "input-overwritten",),
    )


def kept(
    subject: Subject, asked: str, steps: Sequence[Case], old: Sequence[Any] = (), label: str = ""
) -> Finding | None:
    """Tell of the first step in which one object answers differently from a new one.

    `steps` are calls of one object; what is right is what a new object answers. Beside it stand
    `stale`, what one would answer who keeps something of an earlier step, and `total`; `old` is
    what one would answer who keeps the parameters of the first step, `label` names the answer.
    """
    wrong = [case for case in steps[1:] if case.wrong]
    if not wrong or steps[0].wrong:
        return None
    before = {name: value for name, value in steps[0].given.items() if name != "grad"}
    shown = ", ".join(f"{name} = {show(value)}" for name, value in before.items())
    return subject.finding(
        asked,
        ["state"],
        given=f"one object, first with {shown}; then with {given(wrong[0])}",
        came=label + wrong[0].came,
        expected=f"{label}{show(np.asarray(wrong[0].right))}, which is what a new object answers",
        error=wrong[0].answer.error,
        misconceptions=_kept(steps, old),
    )


def _kept(steps: Sequence[Case], old: Sequence[Any]) -> tuple[str, ...]:
    first = next(iter(steps[0].given.values())).shape
    alike = [case for case in steps[1:] if next(iter(case.given.values())).shape == first]
    if any(case.wrong for case in alike):
        return recognised(alike[:2], KEPT)
    wrong = [case for case in steps if case.wrong]
    if old and same(steps[-1].answer.value, old[-1]):
        return ("stale-cache",)
    return ("stale-cache",) if all(is_misfit(case.answer.error) for case in wrong) else ()


def _stale(cases: Sequence[Case]) -> bool:
    return any(
        equals(_stale_number(number))(cases) for number in range(len(cases[0].also["stale"]))
    )


def _stale_number(number: int) -> Formula:
    return lambda it: it.stale[number]


KEPT: Beliefs = {
    "stale-cache": _stale,
    "gradients-accumulated": equals(lambda it: it.total),
}


def shared(subject: Subject, asked: str, case: Case, other: Any) -> Finding | None:
    """Tell of an object that answers differently after another one was asked in between."""
    if not case.wrong:
        return None
    mixed = is_misfit(case.answer.error) or same(case.answer.value, other)
    return subject.finding(
        asked,
        ["state"],
        given=f"two objects, and the other one is asked in between; {given(case)}",
        came=case.came,
        error=case.answer.error,
        expected=f"{show(np.asarray(case.right))}, which is what an object alone answers",
        misconceptions=("shared-between-objects",) if mixed else (),
    )


def total(values: Sequence[Any]) -> Any:
    """Return the sum of the last values that have the shape of the last one."""
    alike = [value for value in values if np.shape(value) == np.shape(values[-1])]
    return np.sum(alike, axis=0)
