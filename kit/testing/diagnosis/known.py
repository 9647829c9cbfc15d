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
    """What the kit knows of an activation; of a third party's it knows nothing."""

    forward: Callable[[Array], Array] | None = None
    slope: Callable[[Array], Array] | None = None
    forward_beliefs: Beliefs = field(default_factory=dict)
    backward_beliefs: Beliefs = field(default_factory=dict)
    far_kinds: tuple[str, ...] = ("stability",)
    overflow: str = ""
    kink: bool = False
