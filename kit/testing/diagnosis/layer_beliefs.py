"""Neural_layer: what those answer who believe something else, for each array of its own."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from kit.testing.diagnosis.beliefs import equals

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kit.protocols import Array
    from kit.testing.diagnosis.beliefs import Belief, Beliefs, Formula
    from kit.testing.diagnosis.cases import Case


def _product(it: SimpleNamespace) -> Any:
    return it.x @ it.weights


def _turned(it: SimpleNamespace) -> Any:
    """Return the weights with their shape turned round and the numbers in the old order."""
    return it.weights.reshape(it.weights.shape[::-1])


def _without_none(cases: Sequence[Case]) -> bool:
    return all(case.answer.error is None and case.answer.value is None for case in cases)


def _stale(formula: Formula) -> Belief:
    """Return the belief that the start values are used, whatever the kit has set since."""
    return lambda cases: (
        all(case.also.get("start_weights") is not None for case in cases) and equals(formula)(cases)
    )


FORWARD: Beliefs = {
    "bias-left-out": equals(_product),
    "bias-subtracted": equals(lambda it: _product(it) - it.bias),
    "bias-added-too-often": equals(
        lambda it: _product(it) + 2 * it.bias,
        lambda it: _product(it) + it.samples * it.bias,
        lambda it: _product(it) + it.x.shape[1] * it.bias,
    ),
    "one-bias-for-all-neurons": equals(
        lambda it: _product(it) + it.bias.sum(),
        lambda it: _product(it) + it.bias.mean(),
        lambda it: _product(it) + it.bias.ravel()[0],
    ),
    "divided-by-batch-size": equals(
        lambda it: _product(it) / it.samples + it.bias,
    ),
    "averaged-over-features": equals(lambda it: _product(it) / it.x.shape[1] + it.bias),
    "activation-inside": equals(
        lambda it: np.maximum(it.right, 0),
        lambda it: 1 / (1 + np.exp(-it.right)),
        lambda it: np.tanh(it.right),
    ),
    "parameters-not-read": _stale(
        lambda it: it.x @ it.start_weights + np.reshape(it.start_bias, (1, -1))
    ),
    "reshape-for-transpose": equals(lambda it: it.x @ _turned(it).T + it.bias),
    "elementwise-for-matrix-product": equals(lambda it: it.x * it.weights + it.bias),
    "order-of-the-product": equals(lambda it: it.weights @ it.x + it.bias),
    "weights-transposed": equals(lambda it: it.x @ it.weights.T + it.bias),
    "transposed": equals(lambda it: it.right.T),
    "product-negated": equals(lambda it: -_product(it) + it.bias),
}


def _inside(formula: Formula) -> Belief:
    """Return the belief that the gradient goes through the slope of an activation in the layer."""
    return equals(*(lambda it, bend=bend: formula(_bent(it, bend)) for bend in BENDS))


def _bent(it: SimpleNamespace, bend: Callable[[Array], Array]) -> SimpleNamespace:
    blame = it.grad * bend(_product(it) + np.reshape(it.bias, (1, -1)))
    return SimpleNamespace(**{**vars(it), "grad": blame})


BENDS: tuple[Callable[[Array], Array], ...] = (
    lambda z: (z > 0).astype(float),
    lambda z: 1 / (1 + np.exp(-z)) / (1 + np.exp(z)),
    lambda z: 1 - np.tanh(z) ** 2,
)

INPUT: Beliefs = {
    "activation-inside": _inside(lambda it: it.grad @ it.weights.T),
    "reshape-for-transpose": equals(lambda it: it.grad @ _turned(it)),
    "input-times-input-gradient": equals(
        lambda it: it.right * it.x, lambda it: it.grad.sum(1, keepdims=True) * it.x
    ),
    "gradient-unchanged": equals(lambda it: it.grad),
    "weights-not-transposed": equals(lambda it: it.grad @ it.weights),
    "order-of-the-product": equals(
        lambda it: it.weights @ it.grad, lambda it: it.weights.T @ it.grad
    ),
    "weights-left-out-of-the-chain": equals(
        lambda it: np.broadcast_to(it.grad.sum(1, keepdims=True), it.x.shape),
        lambda it: it.grad.sum(1, keepdims=True),
        lambda it: np.ones_like(it.x),
    ),
    "bias-in-the-chain": equals(lambda it: (it.grad + it.bias) @ it.weights.T),
    "summed-away": equals(lambda it: it.right.sum(0), lambda it: it.right.sum(0, keepdims=True)),
    "update-inside-backward": equals(lambda it: it.grad @ it.weights_after.T),
    "parameters-not-read": _stale(lambda it: it.grad @ it.start_weights.T),
    "averaged-over-features": equals(lambda it: it.right / it.x.shape[1]),
    "gradients-exchanged": equals(lambda it: it.x.T @ it.grad),
}
WEIGHTS: Beliefs = {
    "activation-inside": _inside(lambda it: it.x.T @ it.grad),
    "weights-gradient-averaged": equals(lambda it: it.right / it.samples),
    "weights-gradient-transposed": equals(lambda it: it.right.T),
    "reshape-for-transpose": equals(
        lambda it: it.right.T.reshape(it.right.shape),
        lambda it: it.x.reshape(it.x.shape[::-1]) @ it.grad,
    ),
    "input-left-out-of-the-chain": equals(
        lambda it: np.broadcast_to(it.grad.sum(0), it.weights.shape),
        lambda it: it.weights * it.grad.sum(0),
    ),
    "one-sample-for-the-batch": equals(
        lambda it: np.outer(it.x[0], it.grad[0]), lambda it: np.outer(it.x[-1], it.grad[-1])
    ),
    "mean-of-the-inputs": equals(
        lambda it: np.outer(it.x.mean(0), it.grad.sum(0)),
        lambda it: np.outer(it.x.mean(0), it.grad.mean(0)),
        lambda it: np.outer(it.x.sum(0), it.grad.sum(0)),
    ),
    "not-summed-over-the-batch": equals(
        lambda it: it.x[:, :, None] * it.grad[:, None, :], lambda it: np.outer(it.x, it.grad)
    ),
    "averaged-over-features": equals(lambda it: it.right / it.x.shape[1]),
    "loop-leaves-some-out": equals(
        lambda it: it.x[1:].T @ it.grad[1:], lambda it: it.x[:-1].T @ it.grad[:-1]
    ),
    "gradients-exchanged": equals(
        lambda it: it.grad @ it.weights.T, lambda it: it.grad.sum(0, keepdims=True)
    ),
}
BIAS: Beliefs = {
    "activation-inside": _inside(lambda it: np.reshape(it.grad.sum(0), it.right.shape)),
    "bias-gradient-averaged": equals(
        lambda it: it.right / it.samples, lambda it: (it.right / it.samples).ravel()
    ),
    "bias-gradient-summed-over-everything": equals(
        lambda it: it.grad.sum(),
        lambda it: np.full(it.right.shape, it.grad.sum()),
        lambda it: np.full((1, 1), it.grad.sum()),
        lambda it: np.full((1,), it.grad.sum()),
        lambda it: it.grad.mean(),
        lambda it: np.full(it.right.shape, it.grad.mean()),
        lambda it: np.full((1, 1), it.grad.mean()),
    ),
    "bias-gradient-over-the-wrong-axis": equals(
        lambda it: it.grad.sum(1),
        lambda it: it.grad.sum(1, keepdims=True),
        lambda it: it.grad.sum(1, keepdims=True).T,
        lambda it: it.grad.mean(1),
        lambda it: it.grad.mean(1, keepdims=True),
    ),
    "not-summed-over-the-batch": equals(lambda it: it.grad),
    "one-sample-for-the-batch": equals(
        lambda it: np.reshape(it.grad[0], it.right.shape),
        lambda it: np.reshape(it.grad[-1], it.right.shape),
    ),
    "axis-lost": equals(lambda it: it.grad.sum(0), lambda it: it.grad.sum(0, keepdims=True)),
    "transposed": equals(lambda it: it.grad.sum(0)[:, None]),
    "input-in-the-bias": equals(
        lambda it: it.right * it.x.sum(),
        lambda it: np.reshape((it.x.T @ it.grad).sum(0), it.right.shape),
    ),
    "gradients-exchanged": equals(lambda it: it.x.T @ it.grad),
    "bias-left-out": _without_none,
}
