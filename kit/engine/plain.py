"""The step of parts that declare nothing: what one returns, the next one gets.

Every array that such a part is given is new or its own, so that it may keep what it saw.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kit.engine.declared import backward_of, forward_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from kit.engine.layouts import Indices
    from kit.engine.parameters import Parameters
    from kit.engine.updates import Descent, EachParameter
    from kit.network import Network
    from kit.protocols import Array, FusedLoss, Loss


class PlainEpochs:
    """Epochs of steps like those of `Trainer.step`, without its checks."""

    def __init__(
        self,
        network: Network,
        loss: Loss,
        pair: FusedLoss | None,
        parameters: Parameters,
        update: Descent | EachParameter,
    ) -> None:
        steps = network.steps[:-1] if pair else network.steps
        self._forwards = [forward_of(part) for part in steps]
        self._backwards = [
            _backward(network, parameters, index, update.scale())
            for index in reversed(range(len(steps)))
        ]
        self.losses: list[Any] = []
        self._loss_gradient = pair.backward if pair else self._measured_gradient_of(loss)
        self._update = update.update

    def prepare(self, x: Array, y: Array, outputs: Array, batch_size: int) -> None:
        """Take the points (samples, features), and labels and outputs (samples, 1)."""
        self._x, self._y, self._outputs = x, y, outputs
        starts = range(0, len(x), batch_size)
        self._batches = [slice(start, start + batch_size) for start in starts]

    def run(self, order: Indices | None, *, first: int = 0) -> None:
        """Go through all batches, or all but the first ones; keep answers and losses."""
        self.losses = []
        y = self._y if order is None else self._y[order]
        for batch in self._batches[first:]:
            x = self._x if order is None else self._x.take(order[batch], 0)
            self._outputs[batch] = self._step(x, y[batch])

    def _step(self, x: Array, y: Array) -> Array:
        seen = []
        for forward in self._forwards:
            seen.append(x)
            x = forward(x)
        y_pred = x
        grad = self._loss_gradient(y, y_pred)
        for backward in self._backwards:
            output, x = x, seen.pop()
            grad = backward(grad, x, output)
        self._update()
        return y_pred

    def _measured_gradient_of(self, loss: Loss) -> Callable[..., Any]:
        """Return the call of a loss as the contract has it: forward, then backward, each time."""

        def gradient(y: Array, y_pred: Array) -> Any:
            given = in_double(y, y_pred)
            self.losses.append(loss.forward(*given))
            return np.asarray(loss.backward(*given), y_pred.dtype)

        return gradient


def _backward(
    network: Network, parameters: Parameters, index: int, scale: Array
) -> Callable[..., Any]:
    method = backward_of(network.steps[index], is_first=index == 0)
    if not network.is_layer(index):
        return method
    views = list(parameters.gradients_of(index).items())

    def backward(grad: Array, x: Array, _y: Array) -> Any:
        dx, gradients = method(grad, x)
        for name, view in views:
            np.multiply(gradients[name], scale, view)
        return dx

    return backward


def in_double(y: Array, y_pred: Array) -> tuple[Array, Array]:
    """Return both as float64: 1 - 1e-12, the usual guard of a logarithm, is 1 in float32."""
    if y.dtype == y_pred.dtype == np.float64:
        return y, y_pred
    return y.astype(np.float64, copy=False), y_pred.astype(np.float64, copy=False)
