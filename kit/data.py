"""Synthetic data sets: points in the plane (or in three dimensions) with a label, 0.0 or 1.0.

Each is a function of the number of samples and a random generator. Labels alternate, so that both
classes are as good as equally frequent, unless a data set says otherwise.

`xor` and `circles` are off-centre on purpose: around the origin, a network whose biases are never
updated, or whose first layer is never trained, does as well as a correct one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from kit.errors import UsageError
from kit.hookspecs import hookimpl

if TYPE_CHECKING:
    from kit.protocols import Array, Dataset

    Points: TypeAlias = tuple[Array, Array]

OFF_CENTRE = (0.6, -0.4)


def linear(samples: int, rng: np.random.Generator, *, margin: float = 0.05) -> Points:
    """Draw from the unit cube, parted by a plane through its middle, with a gap at the plane."""
    y = _alternating(samples)
    x = rng.random((samples, 3))
    while (near := np.abs(_height(x)) < margin).any():
        x[near] = rng.random((int(near.sum()), 3))
    on_its_side = (_height(x)[:, None] > 0) == (y == 1)
    return np.where(on_its_side, x, 1.0 - x), y


def blobs(samples: int, rng: np.random.Generator, *, centre: float = 2.0) -> Points:
    """Draw from two round clouds, at (-2, -2) and (2, 2); they touch."""
    y = _alternating(samples)
    return rng.standard_normal((samples, 2)) + centre * (2.0 * y - 1.0), y


def xor(
    samples: int,
    rng: np.random.Generator,
    *,
    gap: float = 0.1,
    offset: tuple[float, float] = OFF_CENTRE,
) -> Points:
    """Draw from four squares of which the diagonal ones belong together."""
    y = _alternating(samples)
    first = rng.choice([-1.0, 1.0], (samples, 1))
    signs = np.hstack([first, first * (1.0 - 2.0 * y)])
    return rng.uniform(gap, 1.0, (samples, 2)) * signs + offset, y


def circles(
    samples: int, rng: np.random.Generator, *, offset: tuple[float, float] = OFF_CENTRE
) -> Points:
    """Draw from a disc and from the ring around it."""
    y = _alternating(samples)
    disc, ring = rng.uniform(0.0, 0.5, (samples, 1)), rng.uniform(0.7, 1.0, (samples, 1))
    return _polar(np.where(y == 1, disc, ring), _angles(samples, rng, 2.0)) + offset, y


def moons(samples: int, rng: np.random.Generator, *, noise: float = 0.1) -> Points:
    """Draw from two half circles that reach into each other."""
    y = _alternating(samples)
    upper = _polar(1.0, _angles(samples, rng, 1.0))
    lower = (1.0, 0.5) - upper
    x = np.where(y == 1, lower, upper) + noise * rng.standard_normal((samples, 2))
    return x - (0.5, 0.25), y


def spirals(samples: int, rng: np.random.Generator, *, noise: float = 0.02) -> Points:
    """Draw from two arms that wind once around the origin."""
    y = _alternating(samples)
    along = rng.random((samples, 1))
    x = _polar(0.1 + 0.9 * along, np.pi * (2.0 * along + y))
    return x + noise * rng.standard_normal((samples, 2)), y


def checkerboard(
    samples: int, rng: np.random.Generator, *, cells: int = 3, margin: float = 0.08
) -> Points:
    """Draw from the cells of a board; with an odd number of cells there are more labels 0."""
    cell = rng.integers(0, cells, (_checked(samples), 2))
    inside = rng.uniform(margin, 1.0 - margin, (samples, 2))
    y = cell.sum(axis=1, keepdims=True) % 2
    return 2.0 * (cell + inside) / cells - 1.0, y.astype(np.float64)


def original(samples: int, rng: np.random.Generator) -> Points:
    """Draw what the original program trained on: three random features and random labels.

    There is nothing to learn here but the points themselves, so it proves nothing to do it.
    """
    x = rng.random((_checked(samples), 3))
    return x, rng.integers(0, 2, (samples, 1)).astype(np.float64)


def _checked(samples: int) -> int:
    if isinstance(samples, bool) or not isinstance(samples, (int, np.integer)) or samples < 1:
        raise UsageError(f"samples must be a whole number from 1 up, not {samples!r}")
    return int(samples)


def _alternating(samples: int) -> Array:
    return (np.arange(_checked(samples)) % 2).astype(np.float64)[:, None]


def _height(x: Array) -> Array:
    """Return how far each point is above the plane through the middle of the unit cube."""
    height: Array = (x.sum(axis=1) - 1.5) / np.sqrt(3.0)
    return height


def _angles(samples: int, rng: np.random.Generator, half_turns: float) -> Array:
    return rng.uniform(0.0, half_turns * np.pi, (samples, 1))


def _polar(radius: Array | float, angle: Array) -> Array:
    return radius * np.hstack([np.cos(angle), np.sin(angle)])


@hookimpl
def kit_datasets() -> dict[str, Dataset]:
    """Name the data sets that come with the kit."""
    functions = (linear, blobs, xor, circles, moons, spirals, checkerboard, original)
    return {function.__name__: function for function in functions}
