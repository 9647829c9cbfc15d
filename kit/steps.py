"""One place in a network: calls its part as the contract says, and checks what comes back."""

from __future__ import annotations

import re
from opcode import opmap
from typing import TYPE_CHECKING, Any

import numpy as np

from kit.calls import call, declares, fits
from kit.errors import ShapeError, UsageError

if TYPE_CHECKING:
    from types import TracebackType

    from kit.protocols import Array

SHAPES = re.compile(
    r"broadcast|mismatch|not aligned|dimension"
)  # NumPy's words where arrays misfit


class Step:
    """One place in the network: calls its part as the contract says, and checks what comes back."""

    def __init__(self, number: int, part: Any) -> None:
        _check_part(number, part)
        self.part = part
        self.is_layer = _is_layer(part)
        self._number = number
        self._knows_training = declares(part.forward, "training")

    def forward(self, x: Array, *, training: bool) -> Array:
        """Return y for x, an array of the right shape."""
        try:
            if self._knows_training:
                what = "forward(x, training=...)"
                y: Array = call(self, what, self.part.forward, x, training=training)
            else:
                y = call(self, "forward(x)", self.part.forward, x)
        except ValueError as error:
            matrix = self._matrix()
            fits_in = matrix is None or x.shape[1:] == matrix.shape[:1]
            if fits_in or isinstance(error, UsageError) or not _is_about_shapes(error):
                raise
            raise ShapeError(self._misfit(x)) from error
        if self.is_layer:
            self._check_batch(y, len(x))
        else:
            check_shape("{}: what forward returned", y, x.shape, self)
        return y

    def backward(self, grad: Array, x: Array, y: Array) -> tuple[Array, dict[str, Array]]:
        """Return dL/dx, and the gradient of each parameter by name; none for an activation."""
        backward = self.part.backward
        if self.is_layer:
            dx, gradients = self._pair(call(self, "backward(grad, x)", backward, grad, x))
        else:
            dx, gradients = call(self, "backward(grad, x, y)", backward, grad, x, y), {}
        check_shape("{}: dL/dx from backward", dx, x.shape, self)
        return dx, self._checked(gradients)

    def parameters(self) -> dict[str, Array]:
        """Return the parameters by name, as they are now; none for an activation."""
        if not self.is_layer:
            return {}
        return {name: self._parameter(name) for name in self.part.parameters}

    def _parameter(self, name: str) -> Array:
        if not hasattr(self.part, name):
            there = ", ".join(_arrays(self.part)) or "none"
            raise UsageError(
                f"{self}: `parameters` names {name}, and there is no attribute of that name; "
                f"attributes that are arrays: {there}"
            )
        value: Any = getattr(self.part, name)
        is_matrix = isinstance(value, np.matrix)  # whose * is another one
        if not isinstance(value, np.ndarray) or is_matrix or value.dtype.kind != "f":
            is_numbers = isinstance(value, np.ndarray) and not is_matrix
            came = f"of {value.dtype}" if is_numbers else described(value)
            raise UsageError(f"{self}: {name} must be an array of floats, not {came}")
        found: Array = value
        return found

    def signature(self) -> str:
        """Return the part's name and size: "Neural_layer(2, 16)"."""
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
            f"{self}: backward must return dL/dx and a dict of gradients, not {described(result)}"
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
            check_shape("{}: the gradient of {}", gradients[name], shape, self, name)
            checked[name] = gradients[name]
        return checked

    def _check_batch(self, y: Any, batch: int) -> None:
        if type(y) is not np.ndarray or y.ndim != 2 or len(y) != batch:
            raise ShapeError(
                f"{self}: what forward returned is {described(y)}, expected ({batch}, neurons)"
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


def check_layer(part: Any) -> None:
    """Raise a UsageError unless a layer says which of its attributes are parameters."""
    named = getattr(part, "parameters", None)
    if isinstance(named, tuple | list) and all(isinstance(name, str) for name in named):
        return
    name = type(part).__name__
    names = ", ".join(f'"{each}"' for each in _arrays(part)) or '"weights", "bias"'
    advice = f"say parameters = ({names}{',' * (names.count(',') == 0)})"
    if named is None:
        raise UsageError(f"layer {name} has no `parameters`; {advice}")
    came = f"the text {named!r}" if isinstance(named, str) else f"a {type(named).__name__}"
    raise UsageError(
        f"layer {name}: `parameters` must be a tuple of the attributes' names, not {came}; {advice}"
    )


def _is_layer(part: Any) -> bool:
    """Whether a part has parameters, or the methods of one that has."""
    named = getattr(part, "parameters", None)
    takes_y = fits(part.backward, 3)
    if isinstance(named, tuple | list):
        if named:
            check_layer(part)
        return bool(named) or takes_y is not True
    if takes_y is False and fits(part.backward, 2) and _arrays(part):
        check_layer(part)  # it has arrays of its own, and its backward is a layer's
    return False


def _arrays(part: Any) -> list[str]:
    """Return the names of a part's attributes that hold arrays of floats."""
    return [
        name
        for name, value in getattr(part, "__dict__", {}).items()
        if isinstance(value, np.ndarray) and value.dtype.kind == "f"
    ]


def check_shape(what: str, array: Any, expected: tuple[int, ...], *place: Any) -> None:
    """Raise a ShapeError unless something is an array of this shape."""
    if type(array) is not np.ndarray or array.shape != expected:
        raise ShapeError(f"{what.format(*place)} is {described(array)}, expected {expected}")


def kind_of(value: Any) -> str:
    """Return the shape of an array, the type of anything else, as of an np.matrix."""
    if isinstance(value, np.matrix):
        return "np.matrix"
    return str(value.shape) if type(value) is np.ndarray else type(value).__name__


def described(value: Any) -> str:
    """Return the same, and of a tuple or list what is in it."""
    if not isinstance(value, tuple | list):
        return kind_of(value)
    return f"a {kind_of(value)} of {', '.join(type(each).__name__ for each in value[:4])}"


def _is_about_shapes(error: ValueError) -> bool:
    """Whether NumPy raised this, about shapes; what a part raises by itself is its own."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    return not _is_own(place) and bool(SHAPES.search(str(error)))


def _is_own(place: TracebackType | None) -> bool:
    """Whether an error comes from a `raise` in code that is not NumPy's."""
    if place is None or place.tb_frame.f_globals.get("__name__", "").startswith("numpy."):
        return False
    return place.tb_frame.f_code.co_code[place.tb_lasti] == opmap["RAISE_VARARGS"]
