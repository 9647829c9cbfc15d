"""The update of a step: at once for the whole network, or parameter by parameter."""

from __future__ import annotations

from collections import defaultdict
from copy import deepcopy
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from kit.calls import call
from kit.errors import DivergedError, ShapeError, UsageError
from kit.optimizers import SGD

if TYPE_CHECKING:
    from collections.abc import Callable

    from kit.engine.parameters import Parameters, Place
    from kit.protocols import Array, Optimizer

ADVICE = ": the learning rate may be too large, or a backward wrong"
BLOCK = 32_768  # numbers that stay in a core's cache from the first call to the last


class Descent:
    """The built-in SGD on the whole vector, without an array made in a step.

    Without momentum the gradients come multiplied by the learning rate already: the gradient of
    the loss, from which they all are made, is shorter than they are.
    """

    def __init__(self, optimizer: SGD, parameters: Parameters) -> None:
        self.optimizer = optimizer
        self._rate, self._momentum = (np.zeros((), parameters.values.dtype) for _ in range(2))
        self._scales: dict[float, Array] = {}
        self._parameters = parameters
        self._velocity: Array | None = None
        values, gradients = parameters.values, parameters.gradients
        self.calls: list[Callable[[], object]] = [partial(np.subtract, values, gradients, values)]
        self.refresh()

    def refresh(self) -> None:
        """Read the optimizer's settings, which may have changed; `calls` is a new list if it has to."""
        self._rate[...] = self.optimizer.learning_rate
        self._momentum[...] = self.optimizer.momentum
        if self.optimizer.momentum and self._velocity is None:
            self._velocity = np.zeros_like(self._parameters.values)
            self.calls = self._calls_with(self._velocity)
        for factor, scale in self._scales.items():
            scale[...] = factor * (1.0 if self._velocity is not None else self._rate)

    def scale(self, factor: float = 1.0) -> Array:
        """Return what gradients are to be multiplied by; it follows the optimizer's settings."""
        if factor not in self._scales:
            self._scales[factor] = np.zeros((), self._parameters.values.dtype)
            self.refresh()
        return self._scales[factor]

    def update(self) -> None:
        """Take one step against the gradients."""
        for each in self.calls:
            each()

    @property
    def state(self) -> list[Array]:
        """What a step changes."""
        velocity = [] if self._velocity is None else [self._velocity]
        return [self._parameters.values, *velocity]

    @property
    def memory(self) -> Array | None:
        """What is kept from step to step besides the parameters."""
        return self._velocity

    def remember(self, memory: Array | None) -> None:
        """Go on with a copy of what another update kept."""
        if memory is not None:
            self._velocity = memory.copy()
            self.calls = self._calls_with(self._velocity)
            self.refresh()

    def _calls_with(self, velocity: Array) -> list[Callable[[], object]]:
        scratch = np.empty(min(BLOCK, len(velocity)), velocity.dtype)
        calls: list[Callable[[], object]] = []
        for start in range(0, len(velocity), BLOCK):
            arrays = self._parameters.values, self._parameters.gradients, velocity
            value, gradient, own = (array[start : start + BLOCK] for array in arrays)
            step = scratch[: len(own)]
            calls += [
                partial(np.multiply, own, self._momentum, own),
                partial(np.add, own, gradient, own),
                partial(np.multiply, own, self._rate, step),
                partial(np.subtract, value, step, value),
            ]
        return calls


class EachParameter:
    """Any other optimizer: asked for each parameter by itself, and what it returns counts."""

    state = ()

    def __init__(self, optimizer: Optimizer, parameters: Parameters) -> None:
        self.optimizer, self._parameters = optimizer, parameters
        self._states: dict[int, dict[str, Any]] = defaultdict(dict)
        self.calls: list[Callable[[], object]] = [self.update]

    @property
    def memory(self) -> dict[int, dict[str, Any]]:
        """What the optimizer keeps from step to step, for each parameter."""
        return dict(self._states)

    def remember(self, memory: dict[int, dict[str, Any]]) -> None:
        """Go on with a copy of what another update kept."""
        self._states.update(deepcopy(memory))

    def refresh(self) -> None:
        """Do nothing: such an optimizer reads its own settings."""

    def scale(self, factor: float = 1.0) -> Array:
        """Return the factor: such an optimizer wants gradients as they are."""
        return np.array(factor, self._parameters.values.dtype)

    def update(self) -> None:
        """Update every parameter, unless there is a number that is not finite."""
        if not np.isfinite(self._parameters.gradients).all():
            raise DivergedError(f"{self._parameters.trouble()} is not finite{ADVICE}")
        for number, place in enumerate(self._parameters.places):
            given = place.value, place.gradient, self._states[number]
            value = call(self, "update(param, grad, state)", self.optimizer.update, *given)
            place.value[...] = self._checked(value, place)

    def _checked(self, value: Any, place: Place) -> Array:
        """Return what the optimizer returned, if it can be the parameter's next value."""
        try:
            found = np.asarray(value)
        except ValueError:  # rows of different lengths
            raise ShapeError(self._refused("rows of different lengths", place)) from None
        if value is None:
            raise UsageError(self._refused("None", place))
        if found.shape != place.value.shape:
            raise ShapeError(self._refused(str(found.shape), place))
        if found.dtype.kind not in "fiub":
            raise UsageError(self._refused(f"{found.dtype} numbers", place))
        if np.count_nonzero(np.isfinite(found)) != found.size:
            raise DivergedError(self._refused("a number that is not finite", place) + ADVICE)
        return found

    def _refused(self, came: str, place: Place) -> str:
        where = f"{place.name} in {self._parameters.network.place(place.index)}"
        expected = f"the next value, {place.value.shape}"
        return f"{self}: update returned {came} for {where}; it must return {expected}"

    def __str__(self) -> str:
        return f"optimizer {type(self.optimizer).__name__}"


def update_of(optimizer: Optimizer, parameters: Parameters) -> Descent | EachParameter:
    """Return the fast update where the rule is known: SGD itself, not what inherits from it."""
    if type(optimizer) is SGD:
        return Descent(optimizer, parameters)
    return EachParameter(optimizer, parameters)
