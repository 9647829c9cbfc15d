"""ReLU: what is right, and what those answer who believe something else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kit.testing.diagnosis.beliefs import all_answered, equals, same
from kit.testing.diagnosis.known import Known
from kit.testing.diagnosis.products import matrix_products

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import SimpleNamespace

    from kit.protocols import Array
    from kit.testing.diagnosis.beliefs import Beliefs, Formula
    from kit.testing.diagnosis.cases import Case


def _below_zero(cases: Sequence[Case]) -> bool:
    """Whether negative numbers are multiplied by one small slope, in place of zero."""
    found = all_answered(cases)
    slopes = [_where_negative(case, _unit(case)) for case in found]
    slope = np.concatenate(slopes).mean() if found else 0.0
    if min(abs(slope), abs(slope - 1), abs(slope + 1)) < 1e-6:
        return False
    return all(
        same(case.answer.value, np.where(case.inputs.x > 0, 1.0, slope) * _unit(case))
        for case in found
    )


def _unit(case: Case) -> Array:
    """Return what a slope is multiplied by: x in forward, grad in backward."""
    unit: Array = case.given.get("grad", case.given["x"])
    return unit


def _where_negative(case: Case, unit: Array) -> Array:
    slopes: Array = np.asarray(case.answer.value / unit)[case.inputs.x < 0]
    return slopes


def _threshold(cases: Sequence[Case]) -> bool:
    """Whether the signal is cut at some number, and this is not zero."""
    found = all_answered(cases)
    kept = [case.answer.value == _unit(case) for case in found]
    if not found or not all(map(_kept_or_cut, found)):
        return False
    x = np.concatenate([case.inputs.x.ravel() for case in found])
    mask = np.concatenate([each.ravel() for each in kept])
    if mask.all() or not mask.any() or np.array_equal(mask, x > 0):
        return False
    return bool(x[mask].min() > x[~mask].max())


def _kept_or_cut(case: Case) -> bool:
    value = case.answer.value
    return bool(((value == _unit(case)) | (value == 0)).all())


def _capped(cases: Sequence[Case]) -> bool:
    """Whether answers end at some number above zero."""
    found = all_answered(cases)
    if not found:
        return False
    cap = max(case.answer.value.max() for case in found)
    return bool(cap > 0) and equals(lambda it: np.minimum(it.right, cap))(cases)


def _floor(cases: Sequence[Case]) -> bool:
    """Whether x is compared with some number other than zero."""
    found = all_answered(cases)
    if not found:
        return False
    floor = min(case.answer.value.min() for case in found)
    lowest = min(case.inputs.x.min() for case in found)
    return (
        abs(floor) > 1e-9 and floor > lowest and equals(lambda it: np.maximum(it.x, floor))(cases)
    )


def _one_mask(it: SimpleNamespace) -> list[Array]:
    x = it.x
    return [
        *(x.mean(axis, keepdims=True) > 0 for axis in (0, 1, None)),
        *((x > 0).any(axis, keepdims=True) for axis in (0, 1, None)),
        *((x > 0).all(axis, keepdims=True) for axis in (0, 1, None)),
        x[:1] > 0,
        x[:, :1] > 0,
    ]


def _masked(number: int) -> Formula:
    return lambda it: it.grad * _one_mask(it)[number]


FORWARD: Beliefs = {
    "max-along-an-axis": equals(
        lambda it: it.x.max(0),
        lambda it: it.x.max(1),
        lambda it: it.x.max(),
        lambda it: it.x.max(0, keepdims=True),
        lambda it: it.x.max(1, keepdims=True),
        lambda it: np.maximum(it.x.max(0), 0),
        lambda it: np.maximum(it.x.max(1), 0),
        lambda it: np.maximum(it.x.max(), 0),
    ),
    "input-returned": equals(lambda it: it.x),
    "abs-for-relu": equals(lambda it: np.abs(it.x)),
    "step-for-relu": equals(lambda it: it.x > 0),
    "smooth-relu": equals(
        lambda it: np.logaddexp(0, it.x),
        lambda it: it.x / (1 + np.exp(-it.x)),
        lambda it: np.where(it.x > 0, it.x, np.expm1(np.minimum(it.x, 0))),
    ),
    "minimum-for-maximum": equals(
        lambda it: np.minimum(it.x, 0),
        lambda it: np.maximum(-it.x, 0),
        lambda it: it.x * (it.x < 0),
    ),
    "leaky-slope": _below_zero,
    "wrong-threshold": _threshold,
    "wrong-floor": _floor,
    "capped": _capped,
}
BACKWARD: Beliefs = {
    "incoming-gradient-forgotten": equals(
        lambda it: it.x > 0, lambda it: it.x >= 0, lambda it: it.y > 0
    ),
    "gradient-unchanged": equals(lambda it: it.grad),
    "mask-from-the-gradient": equals(
        lambda it: it.grad * (it.grad > 0), lambda it: np.maximum(it.grad, 0)
    ),
    "output-for-slope": equals(lambda it: it.grad * it.y, lambda it: it.grad * np.maximum(it.x, 0)),
    "input-for-slope": equals(lambda it: it.grad * it.x),
    "output-returned": equals(lambda it: it.y, lambda it: np.maximum(it.x, 0)),
    "one-mask-for-the-batch": equals(*map(_masked, range(11))),
    "inverted-mask": equals(lambda it: it.grad * (it.x < 0)),
    "slope-of-another-function": equals(
        lambda it: it.grad / (1 + np.exp(-it.x)),
        lambda it: it.grad * it.y * (1 - it.y),
        lambda it: it.grad * np.sign(it.x),
    ),
    "matrix-product-for-elementwise": matrix_products(lambda it: (it.x > 0).astype(float)),
    "sum-for-product": equals(lambda it: it.grad + (it.x > 0)),
    "leaky-slope": _below_zero,
    "wrong-threshold": _threshold,
}

RELU = Known(
    forward=lambda x: np.maximum(x, 0.0),
    slope=lambda x: np.where(x > 0, 1.0, 0.0),
    forward_beliefs=FORWARD,
    backward_beliefs=BACKWARD,
    far_kinds=("value", "stability"),
    kink=True,
)
