"""The update of a step: at once for the whole network, or parameter by parameter."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from kit.errors import DivergedError, ShapeError
from kit.optimizers import SGD

if TYPE_CHECKING:
    from collections.abc import Callable

    from kit.engine.parameters import Parameters
    from kit.protocols import Array, Optimizer

ADVICE = ": the learning rate may be too large, or a backward wrong"
BLOCK = 32_768  # numbers that stay in a core's cache from the first call to the last


class Descent:
    """The built-in SGD on the whole vector, without an array made in a step."""

    def __init__(self, optimizer: SGD, parameters: Parameters) -> None:
        self.optimizer = optimizer
        values = parameters.values
        self._rate, self._momentum = (np.zeros((), values.dtype) for _ in range(2))
        self._scratch = np.empty(min(BLOCK, len(values)), values.dtype)
        self._parameters = parameters
        self._velocity: Array | None = None
        self.calls: list[Callable[[], object]] = []
        self.refresh()

    def refresh(self) -> None:
        """Read the optimizer's settings, which may have changed; `calls` is a new list if it has to."""
        self._rate[...] = self.optimizer.learning_rate
        self._momentum[...] = self.optimizer.momentum
        if self.optimizer.momentum and self._velocity is None:
            self._velocity = np.zeros_like(self._parameters.values)
            self.calls = []
        if not self.calls:
            starts = range(0, len(self._parameters.values), BLOCK)
            self.calls = [call for at in starts for call in self._block(slice(at, at + BLOCK))]

    def update(self) -> None:
        """Take one step against the gradients."""
        for call in self.calls:
            call()

    @property
    def state(self) -> list[Array]:
        """What a step changes."""
        velocity = [] if self._velocity is None else [self._velocity]
        return [self._parameters.values, *velocity]

    def _block(self, block: slice) -> list[Callable[[], object]]:
        value, step = self._parameters.values[block], self._parameters.gradients[block]
        scratch = self._scratch[: len(value)]
        calls: list[Callable[[], object]] = []
        if self._velocity is not None:
            gradient, step = step, self._velocity[block]
            calls.append(partial(np.multiply, step, self._momentum, step))
            calls.append(partial(np.add, step, gradient, step))
        calls.append(partial(np.multiply, step, self._rate, scratch))
        calls.append(partial(np.subtract, value, scratch, value))
        return calls


class EachParameter:
    """Any other optimizer: asked for each parameter by itself, and what it returns counts."""

    state = ()

    def __init__(self, optimizer: Optimizer, parameters: Parameters) -> None:
        self._optimizer, self._parameters = optimizer, parameters
        self._states: dict[int, dict[str, Any]] = defaultdict(dict)
        self.calls: list[Callable[[], object]] = [self.update]

    def refresh(self) -> None:
        """Do nothing: such an optimizer reads its own settings."""

    def update(self) -> None:
        """Update every parameter, unless there is a gradient that is not finite."""
        if not np.isfinite(self._parameters.gradients).all():
            raise DivergedError(f"{self._parameters.trouble()} is not finite{ADVICE}")
        for number, place in enumerate(self._parameters.places):
            value = self._optimizer.update(place.value, place.gradient, self._states[number])
            if np.shape(value) != place.value.shape:
                raise ShapeError(
                    f"optimizer {type(self._optimizer).__name__}: update returned "
                    f"{np.shape(value)} for {place.name}, expected {place.value.shape}"
                )
            place.value[...] = value


def update_of(optimizer: Optimizer, parameters: Parameters) -> Descent | EachParameter:
    """Return the fast update where the rule is known: SGD itself, not what inherits from it."""
    if type(optimizer) is SGD:
        return Descent(optimizer, parameters)
    return EachParameter(optimizer, parameters)
