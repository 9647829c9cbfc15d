"""Sigmoid: what is right, and what those answer who believe something else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kit.testing.diagnosis.beliefs import all_answered, equals, same
from kit.testing.diagnosis.known import Known
from kit.testing.diagnosis.products import matrix_products

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kit.protocols import Array
    from kit.testing.diagnosis.beliefs import Beliefs
    from kit.testing.diagnosis.cases import Case


def sigmoid(x: Array) -> Array:
    """Return 1 / (1 + exp(-x)), right for any x."""
    return np.asarray(0.5 * (np.tanh(0.5 * x) + 1.0))


def slope(x: Array) -> Array:
    """Return the slope of sigmoid at x."""
    return sigmoid(x) * sigmoid(-x)


def _scaled_input(cases: Sequence[Case]) -> bool:
    """Whether the answers are sigmoid(k x) for one k that is not 1 or -1."""
    found = all_answered(cases)
    if not found:
        return False
    values = [case.answer.value for case in found]
    scales = [
        np.log(value / (1 - value)) / case.inputs.x
        for value, case in zip(values, found, strict=True)
    ]
    scale = np.median(np.concatenate([each.ravel() for each in scales]))
    if not np.isfinite(scale) or abs(abs(scale) - 1) < 1e-4 or abs(scale) < 1e-3:
        return False
    return all(same(case.answer.value, sigmoid(scale * case.inputs.x), 1e-6) for case in found)


def _clipped_input(cases: Sequence[Case]) -> bool:
    """Whether the answers are those for x kept within some limits."""
    found = all_answered(cases)
    if not found:
        return False
    top = max(case.answer.value.max() for case in found)
    limit = np.log(top / (1 - top))
    return 0.5 < top < 1 and equals(lambda it: sigmoid(np.clip(it.x, -limit, limit)))(cases)


def _constant_slope(cases: Sequence[Case]) -> bool:
    found = all_answered(cases)
    if not found:
        return False
    factor = np.mean([np.mean(case.answer.value / case.inputs.grad) for case in found])
    if min(abs(factor), abs(factor - 1)) < 1e-4:
        return False
    return equals(lambda it: factor * it.grad)(cases)


FORWARD: Beliefs = {
    "lost-minus": equals(lambda it: sigmoid(-it.x)),
    "precedence": equals(lambda it: 1 + np.exp(-it.x), lambda it: 1 + np.exp(it.x)),
    "sigmoid-twice": equals(lambda it: sigmoid(sigmoid(it.x))),
    "tanh-for-sigmoid": equals(lambda it: np.tanh(it.x)),
    "step-for-sigmoid": equals(lambda it: it.x > 0),
    "softmax-for-sigmoid": equals(
        lambda it: np.exp(it.x) / np.exp(it.x).sum(1, keepdims=True),
        lambda it: np.exp(it.x) / np.exp(it.x).sum(0, keepdims=True),
        lambda it: np.exp(it.x) / np.exp(it.x).sum(),
    ),
    "shifted-by-the-largest": equals(
        lambda it: sigmoid(it.x - it.x.max()),
        lambda it: sigmoid(it.x - it.x.max(1, keepdims=True)),
        lambda it: sigmoid(it.x - it.x.max(0, keepdims=True)),
    ),
    "exponential-for-sigmoid": equals(lambda it: np.exp(-it.x), lambda it: np.exp(it.x)),
    "input-returned": equals(lambda it: it.x),
    "input-scaled": _scaled_input,
    "saturates-too-early": _clipped_input,
}
BACKWARD: Beliefs = {
    "incoming-gradient-forgotten": equals(lambda it: it.y * (1 - it.y), lambda it: slope(it.x)),
    "gradient-unchanged": equals(lambda it: it.grad),
    "formula-of-the-output-applied-to-the-input": equals(
        lambda it: it.grad * it.x * (1 - it.x), lambda it: it.x * (1 - it.x)
    ),
    "sigmoid-twice": equals(lambda it: it.grad * slope(it.y), lambda it: slope(it.y)),
    "matrix-product-for-elementwise": matrix_products(lambda it: it.y * (1 - it.y)),
    "output-for-slope": equals(lambda it: it.grad * it.y),
    "factor-left-out": equals(lambda it: it.grad * (1 - it.y)),
    "plus-for-minus": equals(lambda it: it.grad * it.y * (1 + it.y)),
    "slope-of-another-function": equals(
        lambda it: it.grad * (1 - it.y**2), lambda it: it.grad * (it.x > 0)
    ),
    "slope-at-the-gradient": equals(
        lambda it: it.grad * it.grad * (1 - it.grad),
        lambda it: it.grad * (1 - it.grad),
        lambda it: it.grad * slope(it.grad),
    ),
    "precedence": equals(lambda it: it.grad * it.y * 1 - it.y),
    "output-returned": equals(lambda it: it.y),
    "sum-for-product": equals(lambda it: it.grad + it.y * (1 - it.y)),
    "constant-slope": _constant_slope,
}

SIGMOID = Known(
    forward=sigmoid,
    slope=slope,
    forward_beliefs=FORWARD,
    backward_beliefs=BACKWARD,
    far_kinds=("stability",),
    overflow="overflow-to-nan",
)
