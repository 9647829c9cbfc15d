"""What parts declare beyond the contract, seen once, before a training: from signatures alone."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from kit.calls import declares

if TYPE_CHECKING:
    from collections.abc import Callable

    from kit.network import Network
    from kit.protocols import FusedLoss, Loss


def fused(loss: Loss, network: Network) -> FusedLoss | None:
    """Return the loss that takes the last activation in, if this loss offers one for it."""
    last = len(network.steps) - 1
    fuse = getattr(loss, "fuse", None)
    if last == 0 or network.is_layer(last) or not callable(fuse):
        return None
    pair: FusedLoss | None = fuse(network.steps[last])
    return pair


def binds(part: Any) -> bool:
    """Whether a part returns its calls for arrays that stay."""
    return callable(getattr(part, "bind", None))


def takes_places(part: Any) -> bool:
    """Whether both methods of a part declare `out`."""
    return declares(part.forward, "out") and declares(part.backward, "out")


def writes_where_told(part: Any) -> bool:
    """Whether a part can do without new arrays."""
    return binds(part) or takes_places(part)


def works_in_place(part: Any) -> bool:
    """Whether an activation's y may lie where x lies, and dL/dx where dL/dy lies."""
    return bool(getattr(part, "in_place", False))


def forward_of(part: Any) -> Callable[..., Any]:
    """Return a part's forward, told that it is training if it wants to know."""
    if declares(part.forward, "training"):
        return partial(part.forward, training=True)
    forward: Callable[..., Any] = part.forward
    return forward


def backward_of(part: Any, *, is_first: bool) -> Callable[..., Any]:
    """Return a part's backward, without the gradient of the inputs where nobody wants it."""
    if is_first and declares(part.backward, "need_input_grad"):
        return partial(part.backward, need_input_grad=False)
    backward: Callable[..., Any] = part.backward
    return backward
