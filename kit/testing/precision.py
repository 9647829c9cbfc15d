"""Single precision, seen from outside: the answer stands still while its argument moves a little.

No tolerance tells it: float32 is right to 6e-8, and a formula with an epsilon inside is right too,
though it is farther off. But what is computed in float64 moves along when an argument moves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kit.testing.closeness import CheckFailed, show

if TYPE_CHECKING:
    from kit.protocols import Array
    from kit.testing.closeness import Given

# A part of a number by which float32 moves to no other one: its numbers lie 2**-24 apart or more.
SMALL_STEP = 2.0**-26
SHARE = 0.25  # of its own step, by which an answer may be off, and
NOISE = 0.1  # of a step of the largest answer; float64 needs a millionth of both


def held_by_float32(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Draw normal numbers that float32 holds as they are, so that a cast alone changes nothing."""
    return rng.standard_normal(shape).astype(np.float32).astype(np.float64)


def a_little_more(x: Array) -> Array:
    """Return the numbers a small step further from zero: float32 rounds them back."""
    return x * (1 + SMALL_STEP)


def assert_moves(
    came: tuple[Any, Any], expected: tuple[Array, Array], *, asked: str, given: Given = ""
) -> None:
    """Raise CheckFailed unless an answer moves as the right one does, after a small step.

    `came` and `expected` are the answers before the step and after it, of one shape each.
    """
    moved, right = came[1] - came[0], expected[1] - expected[0]
    limit = SHARE * np.abs(right) + NOISE * SMALL_STEP * np.abs(expected[0]).max()
    if not (np.abs(moved - right) <= limit).all():
        raise CheckFailed(
            f"{asked}, twice, with arguments that differ by {SMALL_STEP:.1e} of them",
            given=given,
            came=f"answers that differ by {show(moved)}",
            expected=f"by {show(right)}",
            usually="single precision inside: float32 keeps 7 digits; stay with float64",
        )
