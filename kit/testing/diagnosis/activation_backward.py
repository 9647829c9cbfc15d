"""Say what is wrong with an activation's backward, held against the slope of its own forward."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kit.testing.closeness import show
from kit.testing.diagnosis.beliefs import recognised, same
from kit.testing.diagnosis.cases import is_numbers, shape_of, smallest
from kit.testing.diagnosis.general import IN_BACKWARD
from kit.testing.diagnosis.known import UNSURE
from kit.testing.diagnosis.second_look import second_look
from kit.testing.diagnosis.subject import given
from kit.testing.diagnosis.tables import DISAGREE, beside, number, plainly, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kit.protocols import Array
    from kit.testing.diagnosis.activation import Asked
    from kit.testing.diagnosis.cases import Case
    from kit.testing.diagnosis.finding import Finding

BACKWARD = "backward(grad, x, y)"
LARGEST = 24  # how many numbers of a batch are worth the trouble of measuring, and of reading
SHOWN = 6
KINK = (np.array([[0.0]]), np.array([[2.0]]))
CHAIN = "and dL/dx is grad times the slope"


def backward_finding(asked: Asked) -> Finding | None:
    """Return what is wrong with backward, if anything is, and forward is not to blame for it."""
    wrong_forward = smallest([*asked.forward, *asked.forward_far]) is not None
    if asked.known.forward is None and wrong_forward:
        return None
    if smallest(asked.backward):
        return None if _excused(asked) else _finding(asked)
    if wrong_forward:
        return None
    if case := smallest(asked.backward_far):
        return _far(asked, case)
    return _at_the_kink(asked) if asked.known.kink else None


def _excused(asked: Asked) -> bool:
    """Whether backward is right as soon as forward is, or is the slope of its own forward."""
    if smallest(asked.forward) is None:
        return False
    if asked.known.forward is not None:
        pairs = [(case.given["x"], case.given["grad"]) for case in asked.backward]
        forward = asked.forward[: len(pairs)]
        if smallest(asked.backward_cases(pairs, forward, right_y=True)) is None:
            return True
    cases = [case for case in asked.backward if case.inputs.x.size <= LARGEST]
    return all(
        slope is not None and same(case.answer.value, slope, 1e-4)
        for case, slope in zip(cases, _slopes(asked, cases), strict=True)
    )


def _slopes(asked: Asked, cases: Sequence[Case]) -> list[Array | None]:
    return asked.measured([(case.given["x"], case.given["grad"]) for case in cases])


def _finding(asked: Asked) -> Finding:
    case, slope = _shown(asked)
    names = _names(asked)
    unsure = asked.known.forward is None and case.answer.error is None
    return asked.subject.finding(
        BACKWARD,
        ("gradient",),
        given=given(case),
        came=case.came,
        error=case.answer.error,
        expected=_expected(case, slope),
        table=_table(asked, case, slope),
        misconceptions=() if unsure else names,
        meaning=UNSURE if unsure else "",
    )


def _shown(asked: Asked) -> tuple[Case, Array | None]:
    """Return the smallest case that disagrees with its own forward, and dL/dx by that forward."""
    wrong = [case for case in asked.backward if case.wrong and case.inputs.x.size <= LARGEST]
    slopes = _slopes(asked, wrong)
    first = smallest(asked.backward) or asked.backward[0]
    for case, slope in zip(wrong, slopes, strict=True):
        disagree = slope is not None and not same(case.answer.value, slope, 1e-4)
        if disagree and first.answer.error is None:
            return case, slope
    return first, None


def _expected(case: Case, slope: Array | None) -> str:
    if slope is None:
        return show(np.asarray(case.right))
    if slope.size > 1:
        return f"{show(_rounded(slope))}: grad times the slope of YOUR forward there"
    steep = number((slope / case.given["grad"]).item())
    return (
        f"{show(_rounded(slope))}: the slope of YOUR forward there, measured with a tiny step, "
        f"is {steep}, {CHAIN}"
    )


def _rounded(slope: Array) -> Array:
    """Round what was measured to the digits that are sure."""
    return np.round(slope, 6)


def _table(asked: Asked, case: Case, slope: Array | None) -> str:
    """Set backward beside the slope of its own forward: one number a row."""
    singles = asked.singles(asked.backward)[:SHOWN]
    slopes = _slopes(asked, singles)
    rows = [row for each, found in zip(singles, slopes, strict=True) for row in _rows(each, found)]
    if all(row[-1] != DISAGREE for row in rows):
        rows = _rows(case, slope)
    heads = ["x", "grad", "slope of your forward", "dL/dx should be", "your backward"]
    return table(heads, rows) if rows else ""


def _rows(case: Case, slope: Array | None) -> list[tuple[str, ...]]:
    came, x, grad = case.answer.value, case.given["x"], case.given["grad"]
    if slope is None or not is_numbers(came) or came.shape != x.shape:
        return []
    return [
        (
            plainly(x[place]),
            plainly(grad[place]),
            number(slope[place] / grad[place]),
            *beside(came[place], _rounded(slope)[place]),
        )
        for place in np.ndindex(x.shape)
    ]


def _names(asked: Asked) -> tuple[str, ...]:
    cases = asked.backward
    return recognised(cases, asked.known.backward_beliefs, IN_BACKWARD) or second_look(
        cases,
        lambda case: (case.given["grad"], case.given["x"], case.also["y"]),
        lambda calls: asked.subject.after_forward(
            "backward", [((case.given["x"],), arguments) for case, arguments in calls]
        ),
        list,
    )


def _far(asked: Asked, case: Case) -> Finding:
    lost = isinstance(case.answer.value, np.ndarray) and np.isnan(case.answer.value).any()
    names = (asked.known.overflow,) if lost and asked.known.overflow else ()
    return _pointwise(asked, case, ("gradient", *asked.known.far_kinds), names, show(case.right))


def _at_the_kink(asked: Asked) -> Finding | None:
    """Tell of a slope at zero that is not between those on both sides."""
    cases = asked.backward_cases([KINK], asked.forward_cases([KINK[0]]))
    if not cases or not cases[0].wrong or _between(cases[0]):
        return None
    case = cases[0]
    value = case.answer.value
    lost = isinstance(value, np.ndarray) and bool(np.isnan(value).any())
    expected = "a number from 0 to 2: grad times any slope from 0 to 1"
    return _pointwise(asked, case, ("gradient",), ("nan-at-zero",) if lost else (), expected)


def _between(case: Case) -> bool:
    value: Any = case.answer.value
    return shape_of(value) == (1, 1) and bool(0 <= value.item() <= case.given["grad"].item())


def _pointwise(
    asked: Asked, case: Case, kinds: tuple[str, ...], names: tuple[str, ...], expected: str
) -> Finding:
    return asked.subject.finding(
        BACKWARD,
        kinds,
        given=given(case),
        came=case.came,
        error=case.answer.error,
        expected=expected,
        misconceptions=names,
    )
