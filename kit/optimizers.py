"""Optimizers: how a parameter follows its gradient downhill."""

from __future__ import annotations

import math
from numbers import Real
from typing import TYPE_CHECKING, Any

from kit.errors import UsageError
from kit.hookspecs import hookimpl

if TYPE_CHECKING:
    from collections.abc import Callable

    from kit.protocols import Array


class SGD:
    """Stochastic gradient descent, with momentum if asked for.

    Momentum keeps a running sum of gradients, so that steps in the same direction add up and
    steps to and fro cancel.
    """

    def __init__(self, learning_rate: float = 0.01, momentum: float = 0.0) -> None:
        if not _is_number(learning_rate) or not 0 < learning_rate < math.inf:
            raise UsageError(f"learning_rate must be a positive number, not {learning_rate!r}")
        if not _is_number(momentum) or not 0 <= momentum < 1:
            raise UsageError(f"momentum must be from 0 to below 1, not {momentum!r}")
        self.learning_rate = learning_rate
        self.momentum = momentum

    def update(self, param: Array, grad: Array, state: dict[str, Any]) -> Array:
        """Return the parameter's next value: one step against the gradient."""
        velocity = grad
        if self.momentum:
            velocity = state["velocity"] = self.momentum * state.get("velocity", 0.0) + grad
        value: Array = param - self.learning_rate * velocity
        return value


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


@hookimpl
def kit_optimizers() -> dict[str, Callable[..., SGD]]:
    """Name the optimizers that come with the kit."""
    return {"sgd": SGD}
