"""Plain values, which go in and out of a bench, and what stands for those that are not plain.

Numbers, text, arrays of numbers, and lists, tuples and dicts of these: nothing that would run code
of a student's, and nothing that a process could not tell another one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

NAME_LIMIT = 80
DEPTH_LIMIT = 8
DIMENSIONS_LIMIT = 8
DTYPES = "?bhilqBHILQefdFD"  # the codes of what counts as a plain array


@dataclass(frozen=True, slots=True)
class Handle:
    """The number of an object that stays on the bench."""

    number: int


@dataclass(frozen=True, slots=True)
class Seed:
    """What stands for a fresh random generator, which cannot cross a process boundary."""

    number: int


@dataclass(frozen=True, slots=True)
class Previous:
    """What stands for the answer to a question before, among questions asked together.

    `back` says how many before: with 1 it is the last one.
    """

    back: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class InMemory:
    """What stands for an array that lies in memory as its caller chose; a frame has no such thing.

    `order` is "C", "F" as in NumPy, or "strided": beside other numbers, as a column of a table
    does. With a `place`, the array is the object that was given for it before, with new numbers in
    it, where shape and dtype are the same. The answer to an earlier question may stand for the values.
    """

    values: Any
    order: str = "C"
    place: int = 0

    def build(self) -> Any:
        """Return a new array in this order; what is no array is returned as it is."""
        if not isinstance(self.values, np.ndarray):
            return self.values
        if self.order == "strided" and self.values.ndim:
            return np.repeat(self.values, 2, axis=-1)[..., ::2]
        return np.array(self.values, order="F" if self.order == "F" else "C")


@dataclass(frozen=True, slots=True)
class Opaque:
    """What stands for a value that is not plain: the name of its type, and nothing else."""

    type_name: str

    def __repr__(self) -> str:
        return f"<{self.type_name}>"


_AS_THEY_ARE = frozenset({type(None), bool, int, float, str, Handle, Opaque})


def plain(value: Any, depth: int = 0) -> Any:
    """Return a copy of a value that is plain all through; what is not becomes an Opaque.

    Arrays cannot be written to; NumPy's scalars come out as arrays without dimensions, so that
    their dtype is kept. A subclass of the array becomes an Opaque: `*` of an np.matrix and the
    mean of a masked array mean something else to the part that gets them next.
    """
    if type(value) in _AS_THEY_ARE:
        return value
    if (type(value) is np.ndarray or isinstance(value, np.generic)) and _is_plain(value):
        # In our byte order: `char`, by which an array travels to another process, has none.
        dtype = value.dtype if value.dtype.isnative else value.dtype.newbyteorder("=")
        return _frozen(np.array(value, dtype, order="C"))
    if depth < DEPTH_LIMIT and isinstance(value, tuple):
        return tuple(plain(item, depth + 1) for item in value)
    if depth < DEPTH_LIMIT and isinstance(value, list):
        return [plain(item, depth + 1) for item in value]
    if depth < DEPTH_LIMIT and isinstance(value, dict):
        return {str(key): plain(item, depth + 1) for key, item in value.items()}
    return Opaque(type(value).__name__[:NAME_LIMIT])


def _is_plain(array: np.ndarray[Any, Any] | np.generic) -> bool:
    return array.dtype.char in DTYPES and array.ndim <= DIMENSIONS_LIMIT


def _frozen(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    array.flags.writeable = False
    return array
