"""What the kit knows of a part: what is right, and what is often taken for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from kit.protocols import Array
    from kit.testing.diagnosis.beliefs import Beliefs


@dataclass(frozen=True)
class Known:
    """What is known of an activation: by a formula of the kit's, by a reference, or not at all.

    A formula has a `slope`; a reference has a `backward`, which takes x and the incoming gradient.
    """

    forward: Callable[[Array], Array] | None = None
    slope: Callable[[Array], Array] | None = None
    backward: Callable[[Array, Array], Array | None] | None = None
    forward_beliefs: Beliefs = field(default_factory=dict)
    backward_beliefs: Beliefs = field(default_factory=dict)
    far_kinds: tuple[str, ...] = ("stability",)
    overflow: str = ""
    kink: bool = False

    def gradient(self, x: Array, grad: Array) -> Array | None:
        """Return the right dL/dx, None where nothing is known."""
        if self.slope is not None:
            return grad * self.slope(x)
        return None if self.backward is None else self.backward(x, grad)


@dataclass(frozen=True)
class KnownLoss:
    """What a reference says of a loss that the kit has no formula of."""

    loss: Callable[[Array, Array], Array]
    slope: Callable[[Array, Array], Array]


# Where nothing is known, forward may be as wrong as backward.
UNSURE = "backward is not the slope of your forward: one of the two is wrong, and either may be"
