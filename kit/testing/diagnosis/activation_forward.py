"""Say what is wrong with an activation's forward: near zero first, then far from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kit.testing.diagnosis.beliefs import recognised
from kit.testing.diagnosis.cases import is_numbers, smallest
from kit.testing.diagnosis.draws import dice, numbers
from kit.testing.diagnosis.general import IN_FORWARD
from kit.testing.diagnosis.second_look import SCANNED, second_look
from kit.testing.diagnosis.subject import given
from kit.testing.diagnosis.tables import DISAGREE, beside, plainly, table

if TYPE_CHECKING:
    from kit.testing.diagnosis.activation import Asked
    from kit.testing.diagnosis.cases import Case
    from kit.testing.diagnosis.finding import Finding

FORWARD = "forward(x)"
WIDTHS = (3, 2, 4, 1)
OF_SEVERAL = {"shifted-by-the-largest"}  # several numbers show what these do


def forward_finding(asked: Asked) -> Finding | None:
    """Return what is wrong with forward, if anything is."""
    if case := smallest(asked.forward):
        names = _names(asked)
        if set(names) & OF_SEVERAL:
            case = smallest([each for each in asked.forward if each.inputs.x.size > 1]) or case
        return _finding(asked, case, ("value", "shape"), names)
    if case := smallest(asked.forward_far):
        cases = [*asked.forward, *asked.forward_far]
        names = recognised(cases, asked.known.forward_beliefs) or _overflow(asked, case)
        return _finding(asked, case, asked.known.far_kinds, names)
    return None


def _names(asked: Asked) -> tuple[str, ...]:
    cases, beliefs = asked.forward, asked.known.forward_beliefs
    found = recognised(cases, beliefs, IN_FORWARD)
    found = found or recognised([*cases, *asked.forward_far], beliefs)
    return found or second_look(
        cases,
        lambda case: (case.given["x"],),
        lambda calls: asked.subject.fresh("forward", [arguments for _, arguments in calls]),
        lambda: _scan(asked),
    )


def _scan(asked: Asked) -> list[Case]:
    if asked.known.forward is None:
        return []
    shapes = [(samples, width) for width in WIDTHS for samples in SCANNED]
    return asked.forward_cases([numbers(dice(2), shape, 3.0, 0.5) for shape in shapes])


def _overflow(asked: Asked, case: Case) -> tuple[str, ...]:
    value = case.answer.value
    lost = isinstance(value, np.ndarray) and value.dtype.kind == "f" and np.isnan(value).any()
    return (asked.known.overflow,) if lost and asked.known.overflow else ()


def _finding(asked: Asked, case: Case, kinds: tuple[str, ...], names: tuple[str, ...]) -> Finding:
    known = asked.known.forward is not None
    return asked.subject.finding(
        FORWARD,
        kinds,
        given=given(case),
        came=case.came,
        error=case.answer.error,
        expected=case.expected if known else "an array of floats with the shape of x",
        table=_table(asked, case) if known else "",
        misconceptions=names,
    )


def _table(asked: Asked, shown: Case) -> str:
    """Set forward beside what is right, where there is a number for each x."""
    near = any(case is shown for case in asked.forward)
    cases = asked.singles(asked.forward if near else asked.forward_far)
    if any(not is_numbers(case.answer.value) or case.answer.value.size != 1 for case in cases):
        return ""
    rows = [
        (plainly(case.given["x"].item()), *beside(case.answer.value, case.right)) for case in cases
    ]
    if all(row[-1] != DISAGREE for row in rows):
        return ""
    return table(["x", "should be", "your forward"], rows)
