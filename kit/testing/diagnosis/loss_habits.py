"""Find what a loss does to its arguments, and what it keeps from call to call."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from kit.testing.diagnosis.asking import play
from kit.testing.diagnosis.cases import Case, as_numbers
from kit.testing.diagnosis.draws import dice
from kit.testing.diagnosis.habits import kept, overwritten, shared, total
from kit.testing.diagnosis.loss import BACKWARD, FORWARD, WATCHED, AskedLoss

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kit.protocols import Array
    from kit.testing.diagnosis.finding import Finding


def habit_findings(
    asked: AskedLoss, forward: Finding | None, backward: Finding | None
) -> Iterator[Finding | None]:
    """Return what is wrong with the habits of a method; with what it keeps, if it is right."""
    subject = asked.subject
    yield overwritten(subject, FORWARD, [*asked.forward, *asked.forward_edge], WATCHED)
    yield overwritten(subject, BACKWARD, [*asked.backward, *asked.backward_edge], WATCHED)
    if forward is None:
        yield from _kept(asked, "forward", FORWARD)
    if forward is None and backward is None:
        yield from _kept(asked, "backward", BACKWARD)


def _kept(asked: AskedLoss, method: str, words: str) -> Iterator[Finding | None]:
    pairs = _row()
    forward = asked.forward_cases(pairs)
    fresh = forward if method == "forward" else asked.backward_cases(pairs)
    if len(fresh) < len(pairs) or any(case.wrong for case in fresh):
        return

    def scene() -> list[Any]:
        part = asked.subject.make()
        methods = ("forward",) if method == "forward" else ("forward", "backward")
        asked_for = [part.question(each, *pair) for pair in pairs for each in methods]
        asked_for.insert(len(methods), part.question("forward", *pairs[2]))  # a prediction
        return asked_for

    [played] = play([scene])
    answers = [played[0], *played[2:]] if method == "forward" else [played[1], *played[4::2]]
    if len(answers) == len(pairs):
        yield kept(asked.subject, words, _steps(asked, fresh, answers))
        if method == "backward":
            yield _two_losses(asked, fresh)


def _steps(asked: AskedLoss, fresh: Sequence[Case], answers: Sequence[Any]) -> list[Case]:
    rights = [np.asarray(case.right) for case in fresh]
    steps = []
    for place, (case, answer) in enumerate(zip(fresh, answers, strict=True)):
        before = max(place - 1, 0)
        stale = (*_stale(asked, case, fresh[0]), *_stale(asked, case, fresh[2]))
        stale = (*stale, rights[0], rights[before])
        also = {"stale": stale, "total": total(rights[: place + 1])}
        value = answer if rights[0].ndim else replace(answer, value=_scalar(answer.value))
        steps.append(Case(case.given, value, rights[place], also))
    return steps


def _scalar(value: Any) -> Any:
    array = as_numbers(value)
    return array.reshape(()) if array is not None and array.size == 1 else value


def _stale(asked: AskedLoss, case: Case, first: Case) -> tuple[Any, ...]:
    """Return what one would answer who keeps the predictions, or the labels, of the first call."""
    if asked.known is None or case.given["y_true"].shape != first.given["y_true"].shape:
        return (None, None)
    function = asked.known.slope if np.ndim(case.right) else asked.known.loss
    return (
        function(case.given["y_true"], first.given["y_pred"]),
        function(first.given["y_true"], case.given["y_pred"]),
    )


def _two_losses(asked: AskedLoss, fresh: Sequence[Case]) -> Finding | None:
    """Ask another loss for forward between forward and backward of the first."""
    mine, other = fresh[0], fresh[2]

    def scene() -> list[Any]:
        first, second = asked.subject.make(), asked.subject.make()
        return [
            first.question("forward", *mine.given.values()),
            second.question("forward", *other.given.values()),
            first.question("backward", *mine.given.values()),
        ]

    case = replace(mine, answer=play([scene])[0][-1])
    mixed = _stale(asked, mine, other)[0]
    return shared(asked.subject, BACKWARD, case, mixed)


def _row() -> list[tuple[Array, Array]]:
    """Draw batches for one object: two that are nearly alike, two of their size, one of another."""
    rng = dice(6)
    guesses = [np.round(rng.uniform(0.1, 0.9, (size, 1)), 2) for size in (4, 5, 4)]
    labels = [np.array([[0.0], [1.0], [0.0], [1.0], [place % 2]]) for place in range(3)]
    first = np.array([[0.875], [0.375], [0.125], [0.25]])
    twins = [(1 - labels[0][:4], first), (1 - labels[0][:4], first[[0, 2, 1, 3]])]
    others = [(label[: len(guess)], guess) for label, guess in zip(labels, guesses, strict=True)]
    return [*twins, *others]
