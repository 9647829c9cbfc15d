"""Compare a student's answers with what a misconception would answer to the same inputs.

A belief is a test on cases: does this misconception give exactly these answers? One that is a
formula must fit all cases, and differ from what is right in some. A name is given only if one
belief fits: a false name is worse than none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from kit.testing.closeness import is_near
from kit.testing.diagnosis import faults
from kit.testing.diagnosis.cases import as_numbers, is_numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from types import SimpleNamespace

    from kit.protocols import Array
    from kit.testing.diagnosis.cases import Case

    Formula: TypeAlias = Callable[[SimpleNamespace], Any]
    Belief: TypeAlias = Callable[[Sequence[Case]], bool]
    Beliefs: TypeAlias = Mapping[str, Belief]

FAILURES = (ValueError, TypeError, IndexError, AttributeError, ArithmeticError)


def recognised(cases: Sequence[Case], *tables: Beliefs) -> tuple[str, ...]:
    """Return the names of the one belief that gives these answers; nothing where two do.

    The tables are asked one after the other: what is known of a part goes before what may befall
    any. A key may hold several names, as in `sum-for-mean + sign-of-the-loss`.
    """
    if not cases:
        return ()
    with np.errstate(all="ignore"):
        for table in tables:
            names = [name for name, belief in table.items() if belief(cases)]
            if names:
                return tuple(names[0].split(" + ")) if len(names) == 1 else ()
    return ()


def equals(*formulas: Formula) -> Belief:
    """Return the belief that one of these formulas is what was to be written."""
    return lambda cases: any(_fits(formula, cases) for formula in formulas)


def _fits(formula: Formula, cases: Sequence[Case]) -> bool:
    """Whether a formula gives all the answers, and is wrong in two of them at least."""
    telling = 0
    for case in cases:
        expected = computed(formula, case)
        if case.answer.error is not None:
            if expected is not None:
                return False
        elif expected is None or not same(case.answer.value, expected, case.near):
            return False
        else:
            telling += case.right is None or not same(expected, case.right, case.near)
    return telling >= 2


def computed(formula: Formula, case: Case) -> Array | None:
    """Return what a formula gives for a case, None where it cannot be computed."""
    try:
        return as_numbers(np.asarray(formula(case.inputs)))
    except FAILURES:
        return None


def same(actual: Any, expected: Any, near: float = 1e-7) -> bool:
    """Whether two values are the same numbers in the same shape, up to rounding."""
    first, second = as_numbers(actual), as_numbers(expected)
    if first is None or second is None or first.shape != second.shape:
        return False
    return is_near(first, second, near, near / 100, equal_nan=True)


def answered(cases: Iterable[Case]) -> list[Case]:
    """Return the cases in which an answer came that has the right shape and is made of numbers."""
    return [case for case in cases if is_numbers(case.answer.value) and _shaped(case)]


def all_answered(cases: Sequence[Case]) -> list[Case]:
    """Return the cases if in all of them such an answer came, else none."""
    found = answered(cases)
    return found if len(found) == len(cases) else []


def _shaped(case: Case) -> bool:
    return bool(case.answer.value.shape == np.shape(case.right))


def raising(name: str) -> Belief:
    """Return the belief that raises what this misconception raises.

    It may answer now and then, for one number is no whole array, and neither is a row of one; and
    rows that came out differently may not fit together.
    """

    def belief(cases: Sequence[Case]) -> bool:
        errors = [case.answer.error for case in cases if case.answer.error is not None]
        others = [error for error in errors if faults.misconception(error) != name]
        return len(others) < len(errors) and all(map(faults.is_misfit, others))

    return belief
