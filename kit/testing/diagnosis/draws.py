"""The public inputs that a diagnosis shows: the same at every desk and in grading.

They come from a fixed seed, rounded so that they can be typed, and no hidden test draws here.
Misconceptions must not hide in them: no zeros, no ones, several samples and columns, and data
that is not centred.
"""

from __future__ import annotations

import numpy as np

SEED = 20240229


def dice(*words: int) -> np.random.Generator:
    """Return dice that are always the same."""
    return np.random.default_rng([SEED, *words])


def numbers(
    rng: np.random.Generator, shape: tuple[int, ...], centre: float = 0.3, spread: float = 1.5
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Draw numbers with two decimals, none of them near 0 or 1."""
    drawn = np.round(rng.normal(centre, spread, shape), 2)
    drawn[np.abs(drawn) < 0.1] += 0.35
    drawn[np.abs(drawn - 1) < 0.02] += 0.15
    return drawn


def alike(
    rng: np.random.Generator, shape: tuple[int, int], count: int
) -> list[np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    """Draw batches of four samples or more that only their middle rows tell apart.

    First row, last row, shape, sum, smallest and largest number are the same, to the last bit: the
    numbers are odd eighths. So whoever keeps answers by a summary of their input is found out.
    """
    first = (np.floor(numbers(rng, shape) * 4) + 0.5) / 4
    middle = np.arange(1, shape[0] - 1)
    return [first[[0, *np.roll(middle, number), shape[0] - 1]] for number in range(count)]
