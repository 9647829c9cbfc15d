"""What a part declares is compared with its plain methods, once, in the first step of a training.

Both run on copies, so that the part itself, its random numbers among it, is as it was. Calls that
`bind` returns are made before the numbers are there, so that one that keeps old numbers shows.
"""

from __future__ import annotations

from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from kit.engine.bound import calls_of
from kit.engine.declared import binds, forward_of, takes_places, works_in_place
from kit.engine.layouts import Rows
from kit.engine.parameters import Own
from kit.errors import KitError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kit.engine.layouts import Call, Columns
    from kit.network import Network
    from kit.protocols import Array

    Numbers = Mapping[str, Array]

TOLERANCE = {np.dtype(np.float64): 1e-6, np.dtype(np.float32): 1e-3}


def check_steps(network: Network, values: Sequence[Array], kind: type[Columns | Rows]) -> None:
    """Compare every step that declares something; `values` are what a batch is before each step."""
    for index, part in enumerate(network.steps):
        step = _Step(part, network.is_layer(index), index == 0, values[index], kind)
        if ways := step.declarations():
            _check(network.place(index), step, ways)


def _check(where: str, step: _Step, ways: Sequence[str]) -> None:
    with comparing(where, ways[0]):
        plain = step.plain()
    for declared in ways:
        with comparing(where, declared):
            compare(where, declared, step.declared(declared, plain), plain)


@dataclass(frozen=True, slots=True)
class _Step:
    """One step, and what the first batch is before it."""

    part: Any
    is_layer: bool
    is_first: bool
    x: Array
    kind: type[Columns | Rows]

    def declarations(self) -> list[str]:
        """Return the names of what makes the step faster."""
        ways = ["bind"] * binds(self.part) + ["out="] * takes_places(self.part)
        shares = ways and not self.is_layer and works_in_place(self.part)
        return [*ways, "in_place"] if shares else ways

    def plain(self) -> Numbers:
        """Return what forward and backward return, for some gradient."""
        part, x = copied(self.part), self.x.copy()
        y = forward_of(part)(x)
        grad = some_numbers(y)
        kept = y.copy()
        found = {"x": self.x, "y": kept, "y after backward": kept, "grad": grad}
        if not self.is_layer:
            return found | {"dL/dx": part.backward(grad.copy(), x, y)}
        dx, gradients = part.backward(grad.copy(), x)
        named = {f"the gradient of {name}": gradients[name] for name in part.parameters}
        return found | named | ({} if self.is_first else {"dL/dx": dx})

    def declared(self, declared: str, plain: Numbers) -> Numbers:
        """Return the same numbers, made in the way that is declared."""
        if declared == "out=" and self.is_layer and self.kind is not Rows:
            return replace(self, kind=Rows).declared(declared, plain)  # as the engine has it
        part, shares = copied(self.part), declared == "in_place"
        (batch, features), dtype = self.x.shape, self.x.dtype
        x = (self.kind.points if self.is_first else self.kind.values)(batch, features, dtype)
        y = x[1] if shares else self.kind.values(batch, plain["y"].shape[1], dtype)[1]
        grad_y = self._place(plain["y"])
        grad_x = grad_y if shares else self._place(self.x)
        own, arrays = _own(part, dtype) if self.is_layer else (None, {})
        forwards, backwards = calls_of(
            part,
            own,
            x,
            y,
            grad_y,
            None if own and self.is_first else grad_x,
            is_bound=declared != "out=" and binds(part),
        )
        for name, array in arrays.items():
            getattr(part, name)[...] = array
        arrays.clear()  # a wide layer is not small
        x[1][...] = self.x
        _run(forwards)
        found = {"y": y.copy()}
        grad_y[...] = plain["grad"]
        _run(backwards)
        if not (own and self.is_first):
            found["dL/dx"] = grad_x
        if own:
            found |= {f"the gradient of {n}": a for n, a in own.named_gradients.items()}
        return found if shares else found | {"x": x[1], "y after backward": y}

    def _place(self, like: Array) -> Array:
        return self.kind.shaped(np.zeros(like.size, self.x.dtype), len(self.x))


def _own(layer: Any, dtype: np.dtype[Any]) -> tuple[Own, dict[str, Array]]:
    """Lay a layer's parameters out as in a training, all 0; return its vectors and what they were."""
    arrays = {name: getattr(layer, name) for name in layer.parameters}
    total = sum(array.size for array in arrays.values())
    own = Own(np.zeros(total, dtype), np.zeros(total, dtype), {})
    start = 0
    for name, array in arrays.items():
        place = slice(start, start := start + array.size)
        setattr(layer, name, own.values[place].reshape(array.shape))
        own.named_gradients[name] = own.gradients[place].reshape(array.shape)
    return own, arrays


def some_numbers(like: Array) -> Array:
    """Return numbers from -1 to 1 in no order, sooner than a generator could be made."""
    numbers: Array = np.sin(1.7 * np.arange(1, like.size + 1)).reshape(like.shape)
    return numbers.astype(like.dtype, copy=False)


def copied(part: Any) -> Any:
    """Return a copy that shares nothing with a part, or the part itself where that cannot be."""
    try:
        return deepcopy(part)
    except Exception:  # noqa: BLE001 - a lock or an open file, for instance
        return part


@contextmanager
def comparing(where: str, declared: str) -> Iterator[None]:
    """Say in what comparison something was raised; numbers that overflow are no matter here."""
    try:
        with np.errstate(all="ignore"):
            yield
    except KitError:
        raise
    except Exception as error:
        error.add_note(f"in {where}, as it declares `{declared}`")
        raise


def compare(where: str, declared: str, found: Numbers, plain: Numbers) -> None:
    """Raise a UsageError where two ways give other numbers than each other."""
    for name, expected in plain.items():
        if name in found and _differs(found[name], expected):
            raise UsageError(
                f"{where}: what it declares, `{declared}`, gives another {name} than its plain "
                f"methods: {_largest(found[name], expected)}; correct it, or leave `{declared}` out"
            )


def _differs(found: Array, expected: Array) -> bool:
    if np.shape(found) != np.shape(expected):
        return True
    size = max(expected.max(initial=0.0), -expected.min(initial=0.0))
    if not np.isfinite(size):
        return False
    difference = np.asarray(np.subtract(found, expected))
    largest = np.abs(difference, out=difference).max(initial=0.0)
    return not largest <= TOLERANCE.get(expected.dtype, 1e-3) * size


def _largest(found: Array, expected: Array) -> str:
    if np.shape(found) != np.shape(expected):
        return f"{np.shape(found)} in place of {np.shape(expected)}"
    index = np.unravel_index(np.argmax(np.abs(found - expected)), np.shape(expected))
    return f"{found[index]:.6g} in place of {expected[index]:.6g}"


def _run(calls: Sequence[Call]) -> None:
    for call in calls:
        call()
