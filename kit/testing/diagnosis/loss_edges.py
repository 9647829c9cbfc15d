"""Say what is wrong with a loss where a prediction is exactly 0 or 1, or nearly so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kit.testing.closeness import show
from kit.testing.diagnosis.beliefs import same
from kit.testing.diagnosis.cases import Case, is_numbers
from kit.testing.diagnosis.loss import BACKWARD, EDGES, FORWARD, AskedLoss
from kit.testing.diagnosis.subject import given

if TYPE_CHECKING:
    from kit.testing.diagnosis.finding import Finding


def forward_edge(asked: AskedLoss, forward: Finding | None = None) -> Finding | None:
    """Tell of a loss that is not finite, or not large or small enough, at 0 and 1.

    A `forward` that is wrong in between too is held against nothing but infinity.
    """
    if forward and not _shows_infinity(asked, forward):
        return None
    for case, (*_, low, high) in zip(asked.forward_edge, EDGES, strict=True):
        value = case.answer.value
        inside = is_numbers(value) and value.ndim == 0 and np.isfinite(value)
        if not inside or (asked.has_edges and not forward and not low <= value <= high):
            limits = f", from {low:g} to {high:g}" if asked.has_edges else ""
            return asked.subject.finding(
                FORWARD,
                ("stability",),
                given=given(case),
                came=show(value) if case.answer.error is None else case.came,
                error=case.answer.error,
                expected=f"a finite number{limits}",
                misconceptions=_edge_names(asked, value, inside=inside),
            )
    return None


def _edge_names(asked: AskedLoss, value: Any, *, inside: bool) -> tuple[str, ...]:
    if not asked.has_edges:
        return ()
    if not inside:
        return ("log-of-zero",) if is_numbers(value) and not np.isfinite(value).all() else ()
    first, second = (asked.forward_edge[place].answer.value for place in (0, 4))
    return ("clip-too-wide",) if same(first, second) else ()


def backward_edge(asked: AskedLoss, forward: Finding | None) -> Finding | None:
    """Tell of a gradient that is not finite, or points the wrong way, at 0 and 1."""
    for case, (label, guess, *_) in zip(asked.backward_edge, EDGES, strict=False):
        value = case.answer.value
        finite = is_numbers(value) and bool(np.isfinite(value).all())
        wrong_way = asked.has_edges and not forward and finite and not _steep(value, label, guess)
        if not finite or wrong_way:
            way = "negative" if label else "positive"
            wanted = f", {way} for y_true = {label:g}" if abs(label - guess) > 0.5 else ""
            return asked.subject.finding(
                BACKWARD,
                ("stability",),
                given=given(case),
                came=show(value) if case.answer.error is None else case.came,
                error=case.answer.error,
                expected=f"a finite number{wanted}",
                misconceptions=_backward_edge_names(asked, forward, case, finite=finite),
            )
    return None


def _steep(value: Any, label: float, guess: float) -> bool:
    """Whether the gradient of one sample points the right way, about as steep as it has to be."""
    if abs(label - guess) < 0.5:
        return True
    way = -1.0 if label else 1.0
    near = guess in {0.0, 1.0} or bool(np.allclose(value, way * 1e4, rtol=0.15))
    return bool((way * value > 0).all()) and near


def _backward_edge_names(
    asked: AskedLoss, forward: Finding | None, case: Case, *, finite: bool
) -> tuple[str, ...]:
    if not asked.has_edges or not is_numbers(case.answer.value):
        return ()
    if forward is not None:
        return ("log-of-zero",) if _is_infinite(case.answer.value) else ()
    if finite:
        first, second = (asked.backward_edge[place].answer.value for place in (0, 4))
        return ("clip-too-wide",) if same(first, second) else ()
    return ("log-of-zero",) if forward_edge(asked) else ("clip-only-in-the-loss",)


def _shows_infinity(asked: AskedLoss, forward: Finding) -> bool:
    infinite = any(_is_infinite(case.answer.value) for case in asked.forward_edge)
    return infinite and "arguments-swapped" not in forward.misconceptions


def _is_infinite(value: Any) -> bool:
    return is_numbers(value) and bool(np.isinf(value).any())
