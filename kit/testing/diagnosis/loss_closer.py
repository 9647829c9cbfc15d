"""Look closer at a loss that shows no mistake so far."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from kit.testing.batches import look_alike_guesses
from kit.testing.diagnosis.cases import Case
from kit.testing.diagnosis.closer_look import (
    MEMO,
    ORDER,
    Look,
    first_finding,
    imprecise,
    smallest_wrong,
)
from kit.testing.diagnosis.draws import dice
from kit.testing.diagnosis.habits import overwritten
from kit.testing.diagnosis.loss import BACKWARD, FORWARD, WATCHED, AskedLoss, one_number
from kit.testing.precision import a_little_more
from kit.values import InMemory

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kit.testing.diagnosis.closer_look import Check, Row
    from kit.testing.diagnosis.finding import Finding
    from kit.testing.diagnosis.loss import Pair


def closer_findings(asked: AskedLoss) -> list[Finding]:
    """Return the first thing that a closer look finds, where the right formula is known."""
    if asked.known is None:
        return []
    found = [*_delicate(asked), first_finding(asked.subject, _looks(asked)), *_precise(asked)]
    return [each for each in found if each is not None][:1]


def _delicate(asked: AskedLoss) -> Iterator[Finding | None]:
    """Ask about batches that show a write: small, large, of one label, at 0 and at 1."""
    rng = dice(30)
    inner = [_batch(rng, samples) for samples in (6, 40, 1)]
    inner += [(1 - y_true, y_pred) for y_true, y_pred in inner]
    edge = _batch(rng, 8)
    edge[0][:4] = [[1.0], [0.0], [1.0], [0.0]]
    edge[1][:6] = [[0.0], [1.0], [1e-10], [1 - 1e-10], [1e-4], [0.5]]
    for words, kinds, ask in (
        (FORWARD, ("value",), asked.forward_cases),
        (BACKWARD, ("gradient",), asked.backward_cases),
    ):
        cases = ask([*inner, edge])
        yield smallest_wrong(asked.subject, words, kinds, cases[: len(inner)])
        yield overwritten(asked.subject, words, cases, WATCHED)


def _batch(rng: np.random.Generator, samples: int) -> Pair:
    labels = rng.permutation(np.arange(samples) % 2).astype(float)[:, None]
    return labels, 0.02 + 0.96 * rng.random((samples, 1))


def _looks(asked: AskedLoss) -> Iterator[Look]:
    table = partial(_table, asked)
    yield Look(FORWARD, ("value",), "memory-order", ORDER, partial(table, 1))
    yield Look(BACKWARD, ("gradient",), "memory-order", ORDER, partial(table, 2))
    yield Look(BACKWARD, ("state",), "stale-cache", MEMO, partial(_memos, asked))


def _held(asked: AskedLoss, method: str, pair: Pair) -> Check:
    known: Any = asked.known
    right = known.loss(*pair) if method == "forward" else known.slope(*pair)
    inputs = {"y_true": pair[0], "y_pred": pair[1]}
    return lambda answer: [
        Case(inputs, one_number(answer) if method == "forward" else answer, right)
    ]


def _asked(
    asked: AskedLoss, steps: Sequence[tuple[Pair, tuple[InMemory, ...] | Pair]]
) -> list[Row]:
    part = asked.subject.make()
    return [
        (part.question(method, *handed), _held(asked, method, pair))
        for pair, handed in steps
        for method in ("forward", "backward")
    ]


def _table(asked: AskedLoss, count: int) -> list[Row]:
    pair = _batch(dice(31), 7)
    return _asked(asked, [(pair, tuple(InMemory(each, "strided") for each in pair))])[:count]


def _memos(asked: AskedLoss) -> list[Row]:
    rng = dice(32)
    small, large = look_alike_guesses(rng, 8), look_alike_guesses(rng, 1100)
    steps: list[tuple[Pair, tuple[InMemory, ...] | Pair]] = [
        (pair, pair) for pair in [*small, *large[:3]]
    ]
    steps += [
        ((labels, guesses), (InMemory(labels, place=1), InMemory(guesses, place=2)))
        for labels, guesses in small
    ]
    return _asked(asked, steps)


def _precise(asked: AskedLoss) -> Iterator[Finding | None]:
    """Move predictions away from their labels: from 0.3 to 0.6, where the slope is not steep."""
    rng = dice(33)
    y_true = (np.arange(40) % 2).astype(float)[:, None]
    y_pred = (0.3 + 0.3 * rng.random(y_true.shape)).astype(np.float32).astype(float)
    step = a_little_more(y_pred) - y_pred
    pairs = [(y_true, y_pred), (y_true, np.where(y_true == 1, y_pred - step, y_pred + step))]
    yield imprecise(asked.subject, FORWARD, ("value",), asked.forward_cases(pairs))
    yield imprecise(asked.subject, BACKWARD, ("gradient",), asked.backward_cases(pairs))
