"""Ask a loss about public labels and predictions: somewhere between 0 and 1, and at the edge."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from kit.testing.diagnosis.cases import Case, as_numbers, is_numbers
from kit.testing.diagnosis.draws import dice
from kit.testing.diagnosis.known import KnownLoss
from kit.testing.diagnosis.slopes import measured

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kit.protocols import Array
    from kit.testing.diagnosis.asking import Answer
    from kit.testing.diagnosis.subject import Subject
    from kit.testing.parts import Question

    Pair: TypeAlias = tuple[Array, Array]

FORWARD, BACKWARD = "forward(y_true, y_pred)", "backward(y_true, y_pred)"
WATCHED = {0: "y_true", 1: "y_pred"}
SINGLES = ((1.0, 0.8), (0.0, 0.75), (1.0, 0.25), (0.0, 0.1))
SIZES = (2, 3, 5, 7, 37, 130)
SMALL = 3
UNROUNDED = 37  # batches of so many samples, and larger ones, are not rounded
MEASURED_TOLERANCE = 1e-4
NEAR = 1e-5  # the many right ways to keep off log(0) differ by less
# label, prediction, and from where to where the loss may lie: limits of 1e-15 and 1e-7 are both right
EDGES = (
    (1.0, 0.0, 5.0, 1000.0),
    (0.0, 1.0, 5.0, 1000.0),
    (1.0, 1.0, -1e-3, 1e-3),
    (0.0, 0.0, -1e-3, 1e-3),
    (1.0, 1e-4, 9.0, 9.4),
    (0.0, 1 - 1e-4, 9.0, 9.4),
)


class AskedLoss:
    """One loss and its answers; without `known`, only the slope of its own forward is right.

    A loss `has_edges` if it is known to be large where a prediction of 0 or 1 is wrong.
    """

    def __init__(self, subject: Subject, known: Any | None) -> None:
        self.subject, self.known = subject, known
        self.has_edges = known is not None and not isinstance(known, KnownLoss)
        near = [*(_single(*pair) for pair in SINGLES), *_batches(len(SIZES) if known else SMALL)]
        edges = [_single(label, guess) for label, guess, *_ in EDGES]
        cases = self.forward_cases([*near, *edges])
        self.forward, self.forward_edge = cases[: len(near)], cases[len(near) :]
        cases = self.backward_cases([*near, *edges])
        self.backward, self.backward_edge = cases[: len(near)], cases[len(near) :]

    def forward_cases(self, pairs: Sequence[Pair]) -> list[Case]:
        """Ask forward for each pair of labels and predictions."""
        found = self.subject.fresh("forward", pairs)
        return [
            self._case(pair, one_number(answer), self._right_forward(pair, answer))
            for pair, answer in zip(pairs, found, strict=True)
        ]

    def _right_forward(self, pair: Pair, answer: Answer) -> Array:
        if self.known is not None:
            with np.errstate(all="ignore"):
                return np.asarray(self.known.loss(*pair))
        value = one_number(answer).value
        return np.array(value if is_numbers(value) and value.ndim == 0 else 0.0)

    def backward_cases(self, pairs: Sequence[Pair]) -> list[Case]:
        """Ask backward right after forward, which may fail."""
        found = self.subject.after_forward("backward", [(pair, pair) for pair in pairs])
        rights = self._right_backward(pairs)
        return [
            self._case(pair, answer, right)
            for pair, answer, right in zip(pairs, found, rights, strict=True)
            if right is not None
        ]

    def _right_backward(self, pairs: Sequence[Pair]) -> Sequence[Array | None]:
        if self.known is None:
            return self.measured(pairs)
        with np.errstate(all="ignore"):
            return [self.known.slope(*pair) for pair in pairs]

    def _case(self, pair: Pair, answer: Answer, right: Any) -> Case:
        y_true, y_pred = pair
        given = {"y_true": y_true, "y_pred": y_pred}
        also = {"samples": len(y_true)}
        if self.known is None:
            return Case(given, answer, right, also, MEASURED_TOLERANCE)
        return Case(given, answer, right, also, near=NEAR)

    def measured(self, pairs: Sequence[Pair]) -> list[Array | None]:
        """Measure dL/dy_pred by tiny steps of the student's own forward."""
        return [self._measured(*pair) for pair in pairs]

    def _measured(self, y_true: Array, y_pred: Array) -> Array | None:
        def forward(moved: Array) -> Question:
            return self.subject.make().question("forward", y_true, moved)

        return measured(forward, [(y_pred, np.ones(()))])[0]


def one_number(answer: Answer) -> Answer:
    """Count an array of one element as the number in it, as the checks do."""
    value = answer.value
    if is_numbers(value) and value.size == 1 and value.dtype.kind != "b":
        return replace(answer, value=value.astype(float).reshape(()))
    number = None if isinstance(value, bool) else as_numbers(value)
    return answer if number is None or number.ndim else replace(answer, value=number)


def _single(label: float, guess: float) -> Pair:
    return np.array([[label]]), np.array([[guess]])


def _batches(count: int) -> list[Pair]:
    """Draw batches with both labels, some predictions very wrong, some nearly right: limits then show."""
    rng = dice(4)
    pairs: list[Pair] = []
    for samples in SIZES[:count]:
        labels = rng.permutation(np.arange(samples) % 3 > 0).astype(float)[:, None]
        guesses = np.round(rng.uniform(0.1, 0.9, (samples, 1)), 2)
        guesses[0] = 0.03 if labels[0] else 0.97
        if samples > SMALL:
            guesses[-1] = 0.96 if labels[-1] else 0.04
        pairs.append((labels, guesses if samples < UNROUNDED else guesses + 0.00123))
    return pairs
