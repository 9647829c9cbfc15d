"""Look closer where nothing is wrong so far: rows of questions that show what single ones hide.

A memo that takes two batches for one another, single precision inside, numbers read in the order
in which they lie in memory, what two objects share: random numbers, asked one by one, show none
of these. The batches are drawn as those of hidden suites are, from seeds of this package.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from kit.testing.closeness import CheckFailed
from kit.testing.diagnosis.asking import play
from kit.testing.diagnosis.cases import Case, is_numbers, smallest
from kit.testing.diagnosis.subject import given
from kit.testing.precision import assert_moves

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from kit.protocols import Array
    from kit.testing.diagnosis.asking import Answer
    from kit.testing.diagnosis.finding import Finding
    from kit.testing.diagnosis.subject import Subject
    from kit.testing.parts import Question

    # What an answer is held against: cases, of which the first wrong one counts.
    Check: TypeAlias = Callable[[Answer], Sequence[Case]]
    Row: TypeAlias = tuple[Question, Check]


@dataclass(frozen=True)
class Look:
    """Questions that are asked in a row, and what it means where an answer is wrong."""

    asked: str
    kinds: tuple[str, ...]
    name: str
    words: str
    rows: Callable[[], list[Row]]


MEMO = "one object, after a batch that is easily taken for this one; "
TURNS = "two objects, asked in turns; "
ORDER = "arrays that lie in memory as columns of a table do, or turned; "


def first_finding(subject: Subject, looks: Iterator[Look]) -> Finding | None:
    """Return what the first look that shows something shows."""
    for look in looks:
        case = _first_wrong(look.rows)
        if case is not None:
            return subject.finding(
                look.asked,
                look.kinds,
                given=look.words + given(case),
                came=case.came,
                error=case.answer.error,
                expected=case.expected,
                misconceptions=(look.name,),
            )
    return None


def smallest_wrong(
    subject: Subject, words: str, kinds: tuple[str, ...], cases: Sequence[Case]
) -> Finding | None:
    """Return a finding without a name about the smallest of the cases that are wrong."""
    case = smallest(cases)
    if case is None:
        return None
    return subject.finding(
        words,
        kinds,
        given=given(case),
        came=case.came,
        expected=case.expected,
        error=case.answer.error,
    )


def _first_wrong(make: Callable[[], list[Row]]) -> Case | None:
    rows: list[Row] = []

    def scene() -> list[Question]:
        rows.extend(make())
        return [question for question, _ in rows]

    [played] = play([scene])
    for (_, check), answer in zip(rows, played, strict=False):
        for case in check(answer):
            if case.wrong:
                return case
    return None


def unchecked(_: Answer) -> Sequence[Case]:
    """Hold an answer against nothing: it is asked for the sake of the next one."""
    return ()


def held(inputs: dict[str, Any], right: Any) -> Check:
    """Hold an answer against what is right."""
    return lambda answer: [Case(inputs, answer, right)]


def imprecise(
    subject: Subject, asked: str, kinds: Sequence[str], cases: Sequence[Case]
) -> Finding | None:
    """Tell of answers that stand still while the inputs of the first case move a little.

    The other cases are the first one, with one of its inputs a small step farther from zero.
    """
    first, *others = cases
    for case in others:
        values = [each.answer.value for each in (first, case)]
        rights = [np.asarray(each.right) for each in (first, case)]
        if all(map(_fits, values, rights)) and not _moves(values, rights, asked):
            return subject.finding(
                asked,
                kinds,
                given=f"{given(first)}; then with numbers that are a little larger",
                came="the same answer, or one that moved by another amount",
                expected="an answer that moves with its input: float64 keeps 16 digits",
                misconceptions=("single-precision",),
            )
    return None


def _fits(value: Any, right: Array) -> bool:
    return is_numbers(value) and value.shape == right.shape


def _moves(values: Sequence[Array], rights: Sequence[Array], asked: str) -> bool:
    try:
        assert_moves((values[0], values[1]), (rights[0], rights[1]), asked=asked)
    except CheckFailed:
        return False
    return True
