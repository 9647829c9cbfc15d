"""A network is a stack of steps: what one returns, the next one gets.

A step that names `parameters` is a layer; one without is an activation, unless its backward takes
no y. Forward goes up the stack and remembers what each step saw; backward comes down and hands
each step its own x and y again.
"""

from __future__ import annotations

import inspect
import itertools
from typing import TYPE_CHECKING, Any

import numpy as np

from kit.errors import ShapeError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from kit.protocols import Activation, Array, Layer


class Network:
    """A stack of layers and activations, of any number and any widths."""

    def __init__(self, steps: Iterable[Layer | Activation]) -> None:
        self.steps: tuple[Any, ...] = tuple(steps)
        if not self.steps:
            raise UsageError("a network needs at least one step, such as a layer")
        self._steps = [_Step(index, part) for index, part in enumerate(self.steps, start=1)]
        if len({id(part) for part in self.steps}) < len(self.steps):
            raise UsageError("the same object is in two places of the network; make one for each")
        self._values: list[Array] = []

    @classmethod
    def build(
        cls,
        features: int,
        hidden: Sequence[int],
        *,
        layer: Callable[..., Layer],
        hidden_activation: Callable[[], Activation],
        output_activation: Callable[[], Activation],
        rng: np.random.Generator,
    ) -> Network:
        """Stack hidden layers of these widths, and one output neuron on top."""
        widths = [features, *hidden, 1]
        steps: list[Layer | Activation] = []
        for inputs, outputs in itertools.pairwise(widths):
            steps += [layer(inputs, outputs, rng), hidden_activation()]
        return cls([*steps[:-1], output_activation()])

    def forward(self, x: Array, *, training: bool = False) -> Array:
        """Return the output of the last step; `training` reaches the steps that declare it."""
        self._values = [x]
        for step in self._steps:
            self._values.append(step.forward(self._values[-1], training=training))
        return self._values[-1]

    def backward(self, grad: Array) -> list[dict[str, Array]]:
        """Return the gradients of each step's parameters, given dL/doutput of the last forward."""
        if len(self._values) != len(self._steps) + 1:
            raise UsageError("backward needs what forward saw: call forward(x) first")
        _check_shape("the gradient given to backward", grad, self._values[-1].shape)
        gradients: list[dict[str, Array]] = []
        for index in reversed(range(len(self._steps))):
            x, y = self._values[index], self._values[index + 1]
            grad, own = self._steps[index].backward(grad, x, y)
            gradients.append(own)
        return gradients[::-1]

    def take_values(self) -> list[Array]:
        """Return what the last forward saw, x first; it is forgotten here, to be given free."""
        values, self._values = self._values, []
        return values

    @property
    def parameters(self) -> list[dict[str, Array]]:
        """The parameters of each step by name, as they are now; none for an activation."""
        return [step.parameters() for step in self._steps]

    def is_layer(self, index: int) -> bool:
        """Whether this step, counting from 0, is a layer: it has parameters."""
        return self._steps[index].is_layer

    def place(self, index: int) -> str:
        """Say which step this is, counting from 0: "activation ReLU, step 2 of the network"."""
        return str(self._steps[index])

    def __str__(self) -> str:
        return " -> ".join(step.signature() for step in self._steps)


class _Step:
    """One place in the network: calls its part as the contract says, and checks what comes back."""

    def __init__(self, number: int, part: Any) -> None:
        _check_part(number, part)
        self.part = part
        self.is_layer = _is_layer(part)
        self._number = number
        self._knows_training = declares(part.forward, "training")

    def forward(self, x: Array, *, training: bool) -> Array:
        try:
            if self._knows_training:
                y: Array = self.part.forward(x, training=training)
            else:
                y = self.part.forward(x)
        except ValueError as error:  # what NumPy raises when shapes do not fit together
            matrix = self._matrix()
            if matrix is None or x.shape[1:] == matrix.shape[:1]:
                raise
            raise ShapeError(self._misfit(x)) from error
        if self.is_layer:
            self._check_batch(y, len(x))
        else:
            _check_shape("{}: what forward returned", y, x.shape, self)
        return y

    def backward(self, grad: Array, x: Array, y: Array) -> tuple[Array, dict[str, Array]]:
        if self.is_layer:
            dx, gradients = self._pair(self.part.backward(grad, x))
        else:
            dx, gradients = self.part.backward(grad, x, y), {}
        _check_shape("{}: dL/dx from backward", dx, x.shape, self)
        return dx, self._checked(gradients)

    def parameters(self) -> dict[str, Array]:
        if not self.is_layer:
            return {}
        parameters: dict[str, Any] = {
            name: getattr(self.part, name, None) for name in self.part.parameters
        }
        for name, value in parameters.items():
            if not isinstance(value, np.ndarray) or value.dtype.kind != "f":
                raise UsageError(f"{self}: {name} must be an array of floats, not {value!r}")
        return parameters

    def signature(self) -> str:
        name = type(self.part).__name__
        matrix = self._matrix()
        return name if matrix is None else f"{name}{matrix.shape}"

    def __str__(self) -> str:
        kind = "layer" if self.is_layer else "activation"
        return f"{kind} {type(self.part).__name__}, step {self._number} of the network"

    def _matrix(self) -> Array | None:
        """Return the first parameter with rows and columns: by convention, features by neurons."""
        return next((p for p in self.parameters().values() if p.ndim == 2), None)

    def _pair(self, result: Any) -> tuple[Any, dict[str, Any]]:
        if isinstance(result, tuple | list) and len(result) == 2 and isinstance(result[1], dict):
            return result[0], result[1]
        raise ShapeError(
            f"{self}: backward must return dL/dx and a dict of gradients, not {_kind(result)}"
        )

    def _checked(self, gradients: dict[str, Any]) -> dict[str, Array]:
        names = self.part.parameters if self.is_layer else ()
        checked = {}
        for name in names:
            if name not in gradients:
                came, needed = list(gradients), list(names)
                raise ShapeError(
                    f"{self}: backward returned gradients for {came}, expected {needed}"
                )
            shape = getattr(self.part, name).shape
            _check_shape("{}: the gradient of {}", gradients[name], shape, self, name)
            checked[name] = gradients[name]
        return checked

    def _check_batch(self, y: Any, batch: int) -> None:
        if type(y) is not np.ndarray or y.ndim != 2 or len(y) != batch:
            raise ShapeError(
                f"{self}: what forward returned is {_kind(y)}, expected ({batch}, neurons)"
            )

    def _misfit(self, x: Array) -> str:
        shapes = ", ".join(f"{name} {p.shape}" for name, p in self.parameters().items())
        return f"{self}: x is {x.shape}, which does not fit its parameters: {shapes}"


def _check_part(number: int, part: Any) -> None:
    if isinstance(part, type):
        raise UsageError(f"step {number} is the class {part.__name__}; make an object of it first")
    for method in ("forward", "backward"):
        if not callable(getattr(part, method, None)):
            raise UsageError(f"step {number} is {part!r}, which has no method {method!r}")


def _is_layer(part: Any) -> bool:
    named = getattr(part, "parameters", None)
    if isinstance(named, tuple | list) and named:
        return True
    return isinstance(named, tuple | list) and not _takes(part.backward, 3)


def _takes(method: Callable[..., Any], count: int) -> bool:
    """Whether a method can be called with that many arguments by position."""
    try:
        inspect.signature(method).bind(*range(count))
    except (TypeError, ValueError):  # the second: something written in C may not tell
        return False
    return True


def _check_shape(what: str, array: Any, expected: tuple[int, ...], *place: Any) -> None:
    if type(array) is not np.ndarray or array.shape != expected:
        raise ShapeError(f"{what.format(*place)} is {_kind(array)}, expected {expected}")


def _kind(value: Any) -> str:
    """Return the shape of an array, the type of anything else, as of an np.matrix."""
    return str(value.shape) if type(value) is np.ndarray else type(value).__name__


def declares(method: Callable[..., Any], keyword: str) -> bool:
    """Whether a method has an argument of that name."""
    try:
        return keyword in inspect.signature(method).parameters
    except (TypeError, ValueError):  # something written in C may not tell its signature
        return False
