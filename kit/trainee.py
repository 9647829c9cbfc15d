"""A network of a student's parts as the final exercise asks it: parameters in, gradients out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from kit.calls import declares

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kit.network import Network
    from kit.protocols import Array


class Trainee:
    """A network and its loss, whose parameters are handed over as one vector.

    The first step goes through `Network`, which explains what does not fit; the others repeat it
    without its checks, for a training is hundreds of steps.
    """

    def __init__(
        self, stack: Network, loss: Any, shapes: Sequence[Mapping[str, Sequence[int]]]
    ) -> None:
        self._stack, self._loss = stack, loss
        self._places: list[tuple[Any, int, str, slice, Sequence[int]]] = []
        self._layers = [bool(shape) for shape in shapes]
        self._fits = False
        start = 0
        for index, step in enumerate(stack.steps):
            for name, shape in shapes[index].items():
                end = start + math.prod(shape)
                self._places.append((step, index, name, slice(start, end), shape))
                start = end

    def outputs(self, parameters: Array, x: Array) -> Array:
        """Return the network's answers, (batch, 1)."""
        self._set(parameters)
        return self._stack.forward(x)

    def gradients(self, parameters: Array, x: Array, y: Array) -> Array:
        """Return dL/dparameters as one vector."""
        self._set(parameters)
        steps = self._unchecked(x, y) if self._fits else self._checked(x, y)
        return np.concatenate([steps[index][name].ravel() for _, index, name, *_ in self._places])

    def _set(self, parameters: Array) -> None:
        for step, _, name, place, shape in self._places:
            setattr(step, name, parameters[place].reshape(shape))

    def _checked(self, x: Array, y: Array) -> list[dict[str, Array]]:
        y_pred = self._stack.forward(x, training=True)
        self._loss.forward(y, y_pred)
        steps = self._stack.backward(self._loss.backward(y, y_pred))
        self._fits = not any(declares(part.forward, "training") for part in self._stack.steps)
        return steps

    def _unchecked(self, x: Array, y: Array) -> list[dict[str, Array]]:
        parts, values = self._stack.steps, [x]
        for part in parts:
            values.append(part.forward(values[-1]))
        self._loss.forward(y, values[-1])
        grad = self._loss.backward(y, values[-1])
        steps: list[dict[str, Array]] = [{}] * len(parts)
        for index in reversed(range(len(parts))):
            if self._layers[index]:
                grad, steps[index] = parts[index].backward(grad, values[index])
            else:
                grad = parts[index].backward(grad, values[index], values[index + 1])
        return steps
