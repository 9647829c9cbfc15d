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
