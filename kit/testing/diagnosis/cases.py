"""A case: one public input of a method, what came back, and what is right."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from kit.testing.closeness import ATOL, RTOL, agrees, difference, is_too_large, show
from kit.testing.diagnosis.faults import raised

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kit.protocols import Array
    from kit.testing.diagnosis.asking import Answer


PRECISE = 12  # how many numbers may be written in all their digits


@dataclass(frozen=True)
class Case:
    """One public input of a method, what came back, and what is right.

    `given` is shown to the student; `also` is what else a misconception may be made of, such as
    the student's own y. Whoever is within `tolerance` is right; a misconception gives the same
    numbers up to `near`.
    """

    given: Mapping[str, Any]
    answer: Answer
    right: Any
    also: Mapping[str, Any] = field(default_factory=dict)
    tolerance: float = RTOL
    near: float = 1e-7

    @cached_property
    def wrong(self) -> bool:
        """Whether something else came than what is right."""
        atol = max(ATOL, self.tolerance / 100)
        return self.answer.error is not None or not agrees(
            self.answer.value, self._target, self.tolerance, atol
        )

    @property
    def came(self) -> str:
        """What came, in words that hold no text of the student's."""
        if self.answer.error is not None:
            return raised(self.answer.error)
        if is_too_large(self.answer.value):
            return "an int larger than any float"
        if precisely := self._precisely:
            return precisely
        if self.wrong:
            return difference(self.answer.value, self._target)
        return show(self.answer.value)

    @property
    def expected(self) -> str:
        """What is right, in the digits that it takes to see the difference."""
        return precise(self._target) if self._precisely else show(self._target)

    @property
    def _target(self) -> Array:
        target: Array = np.asarray(self.right, dtype=float)
        return target

    @property
    def _precisely(self) -> str:
        value, right = self.answer.value, self._target
        if not is_numbers(value) or value.dtype != right.dtype or value.shape != right.shape:
            return ""
        close = right.size <= PRECISE and np.abs(value - right).max(initial=0) < 1e-3
        return precise(value) if close else ""

    @cached_property
    def inputs(self) -> SimpleNamespace:
        """All that a formula may be made of, by name."""
        return SimpleNamespace(**{**self.given, **self.also, "right": self.right})


def smallest(cases: Sequence[Case]) -> Case | None:
    """Return the first wrong case; one that raised goes before one that was only wrong."""
    wrong = [case for case in cases if case.wrong]
    raising = [case for case in wrong if case.answer.error is not None]
    return next(iter(raising or wrong), None)


def precise(array: Array) -> str:
    """Write an array with all the digits that count."""
    return " ".join(np.array2string(array + 0.0, precision=9, separator=", ").split())


def is_numbers(value: Any) -> bool:
    """Whether a value can be calculated with: an array of numbers or of truth values."""
    return isinstance(value, np.ndarray) and value.dtype.kind in "bfiu"


def shape_of(value: Any) -> tuple[int, ...] | None:
    """Return the shape of an array or a number, None where a value has no such thing."""
    if isinstance(value, np.ndarray):
        shape: tuple[int, ...] = value.shape
        return shape
    return () if isinstance(value, bool | int | float) else None


def as_numbers(value: Any) -> Array | None:
    """Return a number or an array of numbers as floats, None where it is something else."""
    if isinstance(value, bool | int | float):
        return None if is_too_large(value) else np.asarray(float(value))
    return np.asarray(value, dtype=float) if is_numbers(value) else None
