"""The contract of a part, in types and in words.

Parts are duck-typed and called by position; nobody has to inherit from these classes.
An `Array` is a NumPy array of floats, `(batch, features)` unless said otherwise.

The rules that hold for every part:

- Do not modify `x`, `y`, `y_true` or `y_pred`. `grad` is yours and may be reused.
- float64 in, float64 out; float32 in, float32 out.
- Random numbers come from the `rng` handed in, and from nowhere else.
- `backward` returns gradients and never updates anything.
- The kit always calls `forward(x)` on the same object right before `backward`, and hands back
  the `y` which that call returned, so caching and recomputing are both right.
- The kit may set a layer's parameters, to views into a larger vector among others: read the
  attributes at each call. One object serves one place in a network.

What a part may declare besides, to be faster, is in docs/speed.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array: TypeAlias = NDArray[np.floating[Any]]


class Activation(Protocol):
    """`y = f(x)`, element by element or row by row; holds nothing between two batches."""

    def forward(self, x: Array, /) -> Array:
        """Return y, with the shape and dtype of x."""

    def backward(self, grad: Array, x: Array, y: Array, /) -> Array:
        """Return dL/dx, the shape of x, given `grad` = dL/dy and y = forward(x)."""


class Loss(Protocol):
    """One number for a batch, the mean over its samples, and the gradient of that number."""

    def forward(self, y_true: Array, y_pred: Array, /) -> float:
        """Return the loss of predictions (batch, 1) against labels (batch, 1)."""

    def backward(self, y_true: Array, y_pred: Array, /) -> Array:
        """Return dL/dy_pred, the shape of y_pred. It carries the only 1/N of a network."""


class FusedLoss(Protocol):
    """A loss and the activation before it in one, as `Loss.fuse(activation)` may return it.

    Its x is what the activation is given. The gradient is shorter that way, and right where the
    activation is saturated.
    """

    def labels(self, y_true: Array, /) -> Array:
        """Return labels (samples, 1) as the other methods want them; asked once a training."""

    def forward(self, labels: Array, x: Array, /, axis: Any = None) -> Any:
        """Return the mean loss, over all samples or along these axes."""

    def backward(self, labels: Array, x: Array, /, out: Array | None = None) -> Array:
        """Return dL/dx, the shape of x, for the mean over all samples."""


class Layer(Protocol):
    """A transformation with parameters, kept as attributes and named in `parameters`."""

    parameters: tuple[str, ...]

    def forward(self, x: Array, /) -> Array:
        """Return (batch, neurons) for x of (batch, features)."""

    def backward(self, grad: Array, x: Array, /) -> tuple[Array, dict[str, Array]]:
        """Return dL/dx, and dL/dparameter for each parameter by name, summed over the batch."""


class Optimizer(Protocol):
    """A rule that turns a parameter and its gradient into the parameter's next value."""

    def update(self, param: Array, grad: Array, state: dict[str, Any], /) -> Array:
        """Return the new value, in place or not. `state` belongs to this parameter alone.

        Keep a copy of `grad` if you keep it: the kit may reuse the array.
        """


class Dataset(Protocol):
    """A function that draws labelled points from a synthetic distribution."""

    def __call__(self, samples: int, rng: np.random.Generator, /) -> tuple[Array, Array]:
        """Return x (samples, features) and labels y (samples, 1), each 0.0 or 1.0."""
