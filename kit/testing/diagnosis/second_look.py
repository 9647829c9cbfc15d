"""Ask again, where no belief fits: the same once more, in another order, in other batch sizes.

This costs more questions, so it is done only where something is wrong and has no name yet.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from kit.testing.diagnosis.beliefs import same
from kit.testing.diagnosis.cases import as_numbers, shape_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, TypeAlias

    from kit.testing.diagnosis.asking import Answer
    from kit.testing.diagnosis.cases import Case

    Call: TypeAlias = tuple[Case, tuple[Any, ...]]

SCANNED = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 20, 32, 50, 64, 100, 128)
FEW = 3


def second_look(
    cases: Sequence[Case],
    arguments: Callable[[Case], tuple[Any, ...]],
    ask: Callable[[Sequence[Call]], Sequence[Answer]],
    scan: Callable[[], Sequence[Case]],
) -> tuple[str, ...]:
    """Return the name of a misconception that shows in another question only, if there is one.

    `arguments` are those of a case's call; `ask` asks calls of new objects; `scan` returns cases
    of many batch sizes.
    """
    calls = [(case, arguments(case)) for case in cases]
    if _random(cases, ask(calls), ask(calls)):
        return ("random-answer",)
    if _exchanged(calls[-FEW:], ask):
        return ("arguments-swapped",)
    if one_batch_size(scan()):
        return ("fixed-batch-size",)
    return ()


def _random(cases: Sequence[Case], again: Sequence[Answer], thrice: Sequence[Answer]) -> bool:
    """Whether the same inputs gave other numbers each time, and these do not just add up."""
    for case, *others in zip(cases, again, thrice, strict=True):
        found = [as_numbers(answer.value) for answer in (case.answer, *others)]
        if any(value is None or value.shape != np.shape(case.right) for value in found):
            continue
        first, second, third = map(np.asarray, found)
        if not same(first, second) and not same(second - first, third - second, 1e-6):
            return True
    return False


def _exchanged(calls: Sequence[Call], ask: Callable[[Sequence[Call]], Sequence[Answer]]) -> bool:
    """Whether the answers are right where the arguments come in some other order."""
    orders = list(itertools.permutations(range(len(calls[0][1]))))[1:]
    for order in orders:
        other = [(case, tuple(given[place] for place in order)) for case, given in calls]
        found = ask(other)
        if all(
            same(answer.value, case.right) for (case, _), answer in zip(calls, found, strict=True)
        ):
            return True
    return False


def one_batch_size(cases: Sequence[Case]) -> bool:
    """Whether batches of one size are answered right, and all others wrong.

    A batch of one does not count: there a sum is a mean, and many mistakes do not show. Where not
    all batches of that size are right, the others must not even fit: else it may be chance.
    """
    sizes = {_size(case) for case in cases if not case.wrong}
    if len(sizes) != 1 or 1 in sizes:
        return False
    wrong = [case for case in cases if case.wrong]
    return sizes.isdisjoint(map(_size, wrong)) or all(map(_misfit, wrong))


def _size(case: Case) -> int:
    return len(next(iter(case.given.values())))


def _misfit(case: Case) -> bool:
    return case.answer.error is not None or shape_of(case.answer.value) != np.shape(case.right)
