"""Compare what a part returned with what is right: strictly, and with words for what differs.

Stricter than `numpy.allclose`, which calls an empty array close to anything: shape, dtype and
finiteness come first (research: NumPy's documentation of `allclose` on broadcasting).
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from kit.values import Opaque

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    from kit.protocols import Array

    Given: TypeAlias = Mapping[str, Any] | str

RTOL, ATOL = 1e-5, 1e-7
LARGEST = sys.float_info.max
SINGLE = (np.float16, np.float32)  # float64 in, float64 out


class CheckFailed(AssertionError):  # noqa: N818 - it is a verdict, read aloud: "check failed"
    """A part broke its contract: what was asked, with what input, what came, what it means."""

    def __init__(
        self,
        asked: str,
        *,
        given: Given = "",
        came: str = "",
        expected: str = "",
        usually: str = "",
    ) -> None:
        self.asked = asked
        lines = [
            ("Asked", asked),
            ("Smallest input that shows it", _in_words(given)),
            ("Came", came),
            ("Expected", expected),
            ("What it usually means", usually),
        ]
        super().__init__("\n".join(f"{label}: {_indent(text)}" for label, text in lines if text))


def assert_close(
    actual: Any,
    expected: Array | float,
    *,
    asked: str,
    given: Given = "",
    usually: str = "",
    rtol: float = RTOL,
    atol: float = ATOL,
) -> None:
    """Raise CheckFailed unless `actual` is an array of floats with the shape and values expected."""
    target = np.asarray(np.real(expected), dtype=float)  # one made of an answer may be complex
    if not agrees(actual, target, rtol, atol):
        came = difference(actual, target)
        raise CheckFailed(asked, given=given, came=came, expected=show(target), usually=usually)


def assert_number(actual: Any, expected: float, *, asked: str, **words: Any) -> None:
    """Raise CheckFailed unless `actual` is one number, in whatever wrapping, close to expected."""
    assert_close(as_number(actual, asked), expected, asked=asked, **words)


def as_number(actual: Any, asked: str) -> Any:
    """Return one number as a float; an array of one element counts, for NumPy's products make it."""
    if isinstance(actual, bool) or not isinstance(actual, int | float | np.ndarray):
        raise CheckFailed(asked, came=show(actual), expected="one number for the whole batch")
    array = np.asarray(actual)
    if array.size != 1 or array.dtype.kind not in "fiu" or array.dtype in SINGLE:
        came = f"an array of shape {array.shape}, dtype {array.dtype}"
        raise CheckFailed(asked, came=came, expected="one number for the whole batch")
    return array.astype(float).reshape(())


def assert_unchanged(after: Any, before: Array, *, asked: str, name: str) -> None:
    """Raise CheckFailed where a call changed an argument that it was not to touch."""
    if not isinstance(after, np.ndarray) or not np.array_equal(after, before, equal_nan=True):
        raise CheckFailed(
            f"{asked}, leaving {name} as it is",
            came=f"{name} = {show(after)} after the call",
            expected=f"{name} = {show(before)}, as before the call",
            usually=f"{name} is written to in place; work on a copy, or build a new array",
        )


def agrees(actual: Any, expected: Array, rtol: float = RTOL, atol: float = ATOL) -> bool:
    """Return whether a value has the shape, the dtype and the numbers of the array expected."""
    found = _as_array(actual)
    return (
        found is not None
        and found.shape == expected.shape
        and found.dtype == np.float64
        and is_near(found, expected, rtol, atol)
    )


def difference(actual: Any, expected: Array) -> str:
    """Say in a few words how a value differs from the array that it does not agree with."""
    found = _as_array(actual)
    if found is None:
        return show(actual)
    if found.shape != expected.shape:
        return f"shape {found.shape} instead of {expected.shape}: {show(found)}"
    if found.dtype != np.float64:
        return f"dtype {found.dtype} instead of float64: {show(found)}"
    return show(found)


def _as_array(value: Any) -> Array | None:
    """Return an array as it is and a number as one of no axis, None for anything else."""
    if isinstance(value, np.ndarray):
        return value
    if isinstance(value, bool) or not isinstance(value, float | int):
        return None
    return None if is_too_large(value) else np.asarray(float(value))


def is_too_large(value: float) -> bool:
    """Whether a number is an integer that no float can hold."""
    return isinstance(value, int) and abs(value) > LARGEST


def is_near(
    actual: Array, expected: Array, rtol: float, atol: float, *, equal_nan: bool = False
) -> bool:
    """Return what `np.allclose` does of arrays of one shape, in a fifth of the time."""
    if not np.isfinite(expected).all():  # infinity is close to itself, and to nothing else
        return np.allclose(actual, expected, rtol=rtol, atol=atol, equal_nan=equal_nan)
    with np.errstate(invalid="ignore"):
        near = np.abs(actual - expected) <= atol + rtol * np.abs(expected)
    return bool(near.all())


def show(value: Any) -> str:
    """Write a value the way a student would type it, shortened where it is long."""
    if value is None:
        return "None: nothing was returned"
    if isinstance(value, Opaque):
        return f"an object of type {value.type_name}"
    if isinstance(value, np.ndarray):
        return _show_array(value)
    return repr(value)[:200]


def _show_array(array: Array) -> str:
    if array.ndim == 0:
        return f"{array.item():.6g}" if array.dtype.kind == "f" else str(array.item())
    if array.dtype.kind == "f":
        array = array + 0.0  # no student should have to wonder about -0.
    text = np.array2string(array, precision=4, separator=", ", threshold=24, suppress_small=False)
    return " ".join(text.split())


def _in_words(given: Given) -> str:
    """Write inputs out only where they are needed: a suite that passes shows nothing."""
    if isinstance(given, str):
        return given
    return ", ".join(f"{name} = {show(value)}" for name, value in given.items())


def _indent(text: str) -> str:
    return text.replace("\n", "\n    ")
