"""A fused loss is compared with the loss and the activation that it stands for, once a training.

The numbers are small ones: far out, where an activation is saturated, a fused loss is right and
the two one after the other are not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kit.engine.compared import compare, comparing, copied, some_numbers
from kit.engine.declared import binds, forward_of
from kit.engine.plain import in_double

if TYPE_CHECKING:
    from kit.network import Network
    from kit.protocols import Array, FusedLoss, Loss

    Numbers = dict[str, Array]


def check_fused(network: Network, loss: Loss, pair: FusedLoss, y_true: Array) -> None:
    """Compare what `fuse` returned, and its `bind`, with the two one after the other."""
    where = f"loss {type(loss).__name__}"
    x = 3.0 * some_numbers(y_true)
    with comparing(where, "fuse"):
        plain = _one_after_the_other(copied(network.steps[-1]), copied(loss), y_true, x)
        found = _in_one(copied(pair), y_true, x)
    compare(where, "fuse", found, plain)
    if binds(pair):
        with comparing(where, "bind"):
            found = _bound(copied(pair), y_true, x)
        compare(f"{where}, {type(pair).__name__}", "bind", found, plain)


def _one_after_the_other(last: Any, loss: Any, y_true: Array, x: Array) -> Numbers:
    y = forward_of(last)(x.copy())
    given = in_double(y_true.copy(), y)
    value = np.reshape(loss.forward(*given), ())
    grad = np.asarray(loss.backward(*given), y.dtype)
    return {"loss": value, "dL/dx": last.backward(grad, x.copy(), y)}


def _in_one(pair: Any, y_true: Array, x: Array) -> Numbers:
    labels = pair.labels(y_true.copy())
    value = np.reshape(pair.forward(labels, x.copy()), ())
    several = np.reshape(pair.forward(labels[None], x[None].copy(), axis=(1, 2)), ())
    dx = pair.backward(labels, x.copy())
    return {"loss": several if np.isclose(value, several) else np.array(np.nan), "dL/dx": dx}


def _bound(pair: Any, y_true: Array, x: Array) -> Numbers:
    labels = np.zeros_like(pair.labels(y_true.copy()))
    place, dx = np.zeros_like(x), np.zeros_like(x)
    calls, factor = pair.bind(labels, place, dx)
    labels[...] = pair.labels(y_true.copy())
    place[...] = x
    for call in calls:
        call()
    return {"dL/dx": dx * factor}
