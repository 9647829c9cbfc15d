"""Slopes measured with tiny steps, to hold a backward pass against its own forward pass.

Central differences, (f(x + h) - f(x - h)) / 2h, with h = 1e-5 for float64: the rounding error
and the error of the formula are then about equal (Press et al., "Numerical Recipes", 5.7).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from kit.protocols import Array

STEP = 1e-5


def numerical_gradient(function: Callable[[Array], float], x: Array) -> Array:
    """Return the slope of a number with respect to every element of x, with the shape of x."""
    slopes = np.empty_like(x, dtype=float)
    for place in np.ndindex(x.shape):
        above, below = x.astype(float), x.astype(float)
        above[place] += STEP
        below[place] -= STEP
        slopes[place] = (function(above) - function(below)) / (2 * STEP)
    return slopes


def away_from_kinks(
    rng: np.random.Generator, shape: tuple[int, ...], distance: float = 0.05
) -> Array:
    """Draw normal numbers of which none is nearer to 0 than `distance`: no step crosses a kink."""
    x = rng.standard_normal(shape)
    return np.where(x < 0, x - distance, x + distance)
