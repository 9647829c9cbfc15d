"""BinaryCrossEntropy: what is right, and what those answer who believe something else."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np

from kit.testing.diagnosis.beliefs import equals
from kit.testing.diagnosis.cases import is_numbers
from kit.testing.diagnosis.sigmoid import sigmoid

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import SimpleNamespace

    from kit.protocols import Array
    from kit.testing.diagnosis.beliefs import Belief, Beliefs, Formula
    from kit.testing.diagnosis.cases import Case


def loss(y: Array, p: Array) -> Array:
    """Return the mean cross-entropy."""
    return np.asarray(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)))


def slope(y: Array, p: Array) -> Array:
    """Return dL/dp of the mean cross-entropy."""
    return np.asarray((p - y) / (p * (1 - p)) / len(y))


REDUCED: dict[str, Any] = {
    "": np.mean,
    "sum-for-mean": np.sum,
    "one-loss-a-sample": lambda each: each,
    "divided-by-batch-size": lambda each: np.mean(each) / len(each),
}
SIGNED = {"": -1.0, "sign-of-the-loss": 1.0}
TERMS: dict[str, Any] = {
    "": lambda y, p: y * np.log(p) + (1 - y) * np.log(1 - p),
    "one-term-of-two": lambda y, p: y * np.log(p),
    "one-logarithm-for-both": lambda y, p: y * np.log(p) + (1 - y) * np.log(p),
    "second-sign": lambda y, p: y * np.log(p) - (1 - y) * np.log(1 - p),
    "terms-crossed": lambda y, p: (1 - y) * np.log(p) + y * np.log(1 - p),
    "other-logarithm": lambda y, p: (y * np.log(p) + (1 - y) * np.log(1 - p)) / np.log(2),
}
OTHER_TERMS: dict[str, Any] = {
    "one-term-of-two": lambda y, p: (1 - y) * np.log(1 - p),
    "one-logarithm-for-both": lambda y, p: y * np.log(1 - p) + (1 - y) * np.log(1 - p),
    "second-sign": lambda y, p: (1 - y) * np.log(1 - p) - y * np.log(p),
    "other-logarithm": lambda y, p: (y * np.log(p) + (1 - y) * np.log(1 - p)) / np.log(10),
}


def _combined() -> Beliefs:
    """Return the beliefs about the parts of the formula, alone and two at a time."""
    beliefs: dict[str, Belief] = {}
    for (reduced, reduce), (signed, sign), (named, terms) in itertools.product(
        REDUCED.items(), SIGNED.items(), TERMS.items()
    ):
        names = [name for name in (named, reduced, signed) if name]
        if 0 < len(names) < 3 and names != ["second-sign", "sign-of-the-loss"]:
            both = [terms, *([OTHER_TERMS[named]] if named in OTHER_TERMS else [])]
            formulas = [_composed(reduce, sign, each) for each in both]
            if reduced == "one-loss-a-sample":
                formulas += [_flat(formula) for formula in formulas]
            beliefs[" + ".join(names)] = equals(*formulas)
    return beliefs


def _composed(reduce: Any, sign: float, terms: Any) -> Formula:
    return lambda it: reduce(sign * terms(it.y_true, it.y_pred))


def _flat(formula: Formula) -> Formula:
    return lambda it: formula(it).ravel()


def _pairs(it: SimpleNamespace) -> Array:
    """Return the losses of all labels with all predictions, (N, N)."""
    y, p = it.y_true.ravel(), it.y_pred
    return np.asarray(-(y * np.log(p) + (1 - y) * np.log(1 - p)))


def _pair_slopes(it: SimpleNamespace) -> Array:
    y, p = it.y_true.ravel(), it.y_pred
    return np.asarray((p - y) / (p * (1 - p)))


def _broadcast_slopes() -> Belief:
    """Return the belief in the slopes of all pairs, as a matrix or reduced along an axis."""
    matrices = [_pair_slopes, lambda it: _pair_slopes(it).T]
    reductions = [
        lambda each: each,
        *(
            lambda each, axis=axis, keep=keep, reduce=reduce: reduce(each, axis=axis, keepdims=keep)
            for axis in (0, 1)
            for keep in (True, False)
            for reduce in (np.sum, np.mean)
        ),
    ]
    return equals(
        *(
            lambda it, matrix=matrix, reduce=reduce, power=power: (
                reduce(matrix(it)) / it.samples**power
            )
            for matrix in matrices
            for reduce in reductions
            for power in (0, 1, 2)
        ),
    )


def _limits(it: SimpleNamespace) -> Array:
    return np.asarray(np.clip(it.y_pred, it.low, it.high))


def _wide(cases: Sequence[Case]) -> bool:
    """Whether the predictions are kept within limits that can be seen."""
    formulas = [lambda it: loss(it.y_true, _limits(it)), lambda it: slope(it.y_true, _limits(it))]
    return equals(*formulas)(cases)


def _swapped(cases: Sequence[Case]) -> bool:
    """Whether the labels are taken for predictions: log(0) everywhere, or the log of a limit."""
    found = [case.answer.value for case in cases if is_numbers(case.answer.value)]
    if len(found) < len(cases) or any(value.size != 1 for value in found):
        return False
    if all(np.isposinf(value) for value in found):
        return True
    gaps = [np.abs(case.inputs.y_true - case.inputs.y_pred).mean() for case in cases]
    factor = float(found[0] / gaps[0])
    return factor > 4 and equals(lambda it: factor * np.abs(it.y_true - it.y_pred).mean())(cases)


FORWARD: Beliefs = {
    **_combined(),
    "silent-broadcasting": equals(
        lambda it: _pairs(it).mean(),
        lambda it: _pairs(it).sum(),
        lambda it: _pairs(it).sum() / it.samples,
    ),
    "squared-error": equals(
        lambda it: ((it.y_pred - it.y_true) ** 2).mean(),
        lambda it: ((it.y_pred - it.y_true) ** 2).sum(),
        lambda it: ((it.y_pred - it.y_true) ** 2).mean() / 2,
        lambda it: ((it.y_pred - it.y_true) ** 2).sum() / 2,
    ),
    "sigmoid-twice": equals(lambda it: loss(it.y_true, sigmoid(it.y_pred))),
    "absolute-error": equals(lambda it: np.abs(it.y_pred - it.y_true).mean()),
    "error-rate": equals(lambda it: np.mean((it.y_pred > 0.5) != (it.y_true > 0.5))),
    "clip-too-wide": _wide,
    "arguments-swapped": _swapped,
}
BACKWARD: Beliefs = {
    "sigmoid-twice": equals(
        lambda it: (sigmoid(it.y_pred) - it.y_true) / it.samples,
        lambda it: sigmoid(it.y_pred) - it.y_true,
        lambda it: slope(it.y_true, sigmoid(it.y_pred)),
    ),
    "one-term-not-averaged": equals(
        lambda it: (1 - it.y_true) / (1 - it.y_pred) - it.y_true / it.y_pred / it.samples,
        lambda it: (1 - it.y_true) / (1 - it.y_pred) / it.samples - it.y_true / it.y_pred,
    ),
    "gradient-not-averaged": equals(lambda it: it.right * it.samples),
    "fused-gradient": equals(
        lambda it: it.y_pred - it.y_true,
        lambda it: (it.y_pred - it.y_true) / it.samples,
        lambda it: (it.y_pred - it.y_true).mean(),
    ),
    "fused-gradient + gradient-negated": equals(
        lambda it: it.y_true - it.y_pred, lambda it: (it.y_true - it.y_pred) / it.samples
    ),
    "gradient-not-averaged + gradient-negated": equals(lambda it: -it.right * it.samples),
    "silent-broadcasting": _broadcast_slopes(),
    "one-term-of-two": equals(
        *(
            lambda it, power=power, term=term: term(it) / it.samples**power
            for power in (0, 1)
            for term in (
                lambda it: -it.y_true / it.y_pred,
                lambda it: (1 - it.y_true) / (1 - it.y_pred),
            )
        ),
    ),
    "second-sign": equals(
        lambda it: -(it.y_true / it.y_pred + (1 - it.y_true) / (1 - it.y_pred)) / it.samples,
        lambda it: (it.y_true / it.y_pred + (1 - it.y_true) / (1 - it.y_pred)) / it.samples,
    ),
    "precedence": equals(
        lambda it: (it.y_pred - it.y_true) / it.y_pred * (1 - it.y_pred) / it.samples,
        lambda it: (it.y_pred - it.y_true) / it.y_pred * (1 - it.y_pred),
    ),
    "factor-left-out": equals(
        lambda it: (it.y_pred - it.y_true) / it.y_pred / it.samples,
        lambda it: (it.y_pred - it.y_true) / (1 - it.y_pred) / it.samples,
    ),
    "product-for-quotient": equals(
        lambda it: (it.y_pred - it.y_true) * (it.y_pred * (1 - it.y_pred)) / it.samples,
        lambda it: (it.y_pred - it.y_true) * (it.y_pred * (1 - it.y_pred)),
    ),
    "squared-error": equals(
        lambda it: 2 * (it.y_pred - it.y_true) / it.samples, lambda it: 2 * (it.y_pred - it.y_true)
    ),
    "slope-for-the-labels": equals(
        lambda it: (np.log(1 - it.y_pred) - np.log(it.y_pred)) / it.samples,
        lambda it: np.log(1 - it.y_pred) - np.log(it.y_pred),
    ),
    "clip-too-wide": _wide,
}
