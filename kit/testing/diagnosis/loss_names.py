"""Name what is wrong with a loss, by its answers in between and at the edge."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from kit.testing.diagnosis.beliefs import recognised
from kit.testing.diagnosis.cases import Case, is_numbers
from kit.testing.diagnosis.draws import dice
from kit.testing.diagnosis.general import IN_BACKWARD, IN_FORWARD
from kit.testing.diagnosis.loss import EDGES, AskedLoss
from kit.testing.diagnosis.second_look import SCANNED, second_look

if TYPE_CHECKING:
    from collections.abc import Sequence


def names(asked: AskedLoss, method: str, cases: Sequence[Case]) -> tuple[str, ...]:
    """Return the names that fit the answers of a method."""
    limits = _limits(asked, method)
    several = [
        replace(case, also={**case.also, **limits})
        for case in cases
        if len(case.given["y_true"]) > 1
    ]
    beliefs = getattr(asked.known, method.upper(), {})
    general = IN_FORWARD if method == "forward" else IN_BACKWARD
    return recognised(several, beliefs, general) or second_look(
        several,
        lambda case: tuple(case.given.values()),
        lambda calls: _ask(asked, method, [arguments for _, arguments in calls]),
        lambda: _scan(asked, method),
    )


def _limits(asked: AskedLoss, method: str) -> dict[str, Any]:
    """Return the limits that the predictions seem to be kept within, by the answers at the edge."""
    cases = asked.forward_edge if method == "forward" else asked.backward_edge
    if len(cases) < len(EDGES):
        return {"low": None, "high": None}
    low, high = (case.answer.value for case in cases[:2])
    if not is_numbers(low) or not is_numbers(high) or low.size != 1 or high.size != 1:
        return {"low": None, "high": None}
    with np.errstate(all="ignore"):
        if method == "forward":
            return {"low": np.exp(-low.item()), "high": 1 - np.exp(-high.item())}
        return {"low": -1 / low.reshape(()), "high": 1 - 1 / high.reshape(())}


def _ask(asked: AskedLoss, method: str, calls: Sequence[tuple[Any, ...]]) -> list[Any]:
    if method == "forward":
        return asked.subject.fresh("forward", calls)
    return asked.subject.after_forward("backward", [(call, call) for call in calls])


def _scan(asked: AskedLoss, method: str) -> list[Case]:
    if asked.known is None:
        return []
    rng = dice(5)
    pairs = [
        ((rng.random((size, 1)) > 0.5).astype(float), rng.uniform(0.1, 0.9, (size, 1)))
        for size in (*SCANNED, *SCANNED)
    ]
    forward = asked.forward_cases(pairs)
    return forward if method == "forward" else asked.backward_cases(pairs)
