"""Draw points to train on, and others that no training has seen, from any data set.

A data set that draws anew is asked twice. One with a fixed number of points returns some of them
again: where a point is in both draws, all that came are split by their values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from kit.calls import call
from kit.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kit.protocols import Array, Dataset

    Points = tuple[Array, Array]

SHARE = 5  # one in so many different points is held out, where there are few


class Drawn(NamedTuple):
    """Points and labels to train on, and others; none where a data set has a single point."""

    points: Points
    held_out: Points | None
    is_split: bool = False


def drawn(name: str, dataset: Dataset, samples: int, rng: np.random.Generator) -> tuple[Any, Any]:
    """Return x and labels as a data set has them."""
    what = f"{getattr(dataset, '__name__', name)}(samples, rng)"
    found = call(f"data set {name}", what, dataset, samples, rng)
    if not isinstance(found, tuple | list) or len(found) != 2:
        came = type(found).__name__
        raise UsageError(f"data set {name} must return x and labels, a pair, not {came}")
    x, y = found
    return x, y


def split(points: Points, others: Points, wanted: int, rng: np.random.Generator) -> Drawn:
    """Return both draws if they have no point in common, or else all that came, split anew.

    No more points than were `wanted` are to train on. A fifth of the different ones is held out,
    or more.
    """
    if points[0].shape[1:] != others[0].shape[1:] or not _have_common(points[0], others[0]):
        return Drawn(points, others)
    x, y = (np.concatenate(both) for both in zip(points, others, strict=True))
    group = _groups(x)
    pool = rng.permutation(_pool(group, len(points[0])))
    rank = _ranks(group[pool], rng)
    different = rank.max() + 1
    cut = max(1, min(wanted, different - max(1, different // SHARE)))
    chosen, rest = pool[rank < cut][:wanted], pool[rank >= cut][: len(others[0])]
    apart = (x[rest], y[rest]) if len(rest) else None
    return Drawn((x[chosen], y[chosen]), apart, is_split=True)


def _have_common(x: Array, others: Array) -> bool:
    known = {row.tobytes() for row in others + 0.0}  # -0.0 becomes 0.0
    return any(row.tobytes() in known for row in x + 0.0)


def _groups(x: Array) -> NDArray[np.intp]:
    """Return a number for each point, the same for equal ones."""
    _, number = np.unique(x + 0.0, axis=0, return_inverse=True)
    groups: NDArray[np.intp] = number.reshape(-1)
    return groups


def _pool(group: NDArray[np.intp], first: int) -> NDArray[np.intp]:
    """Return where each point of the larger draw is, and those that only the other one has."""
    draws = [np.arange(first), np.arange(first, len(group))]
    smaller, larger = sorted(draws, key=len)
    only = ~np.isin(group[smaller], group[larger])
    return np.concatenate([larger, smaller[only]])


def _ranks(group: NDArray[np.intp], rng: np.random.Generator) -> NDArray[np.intp]:
    """Return a random place in the order for each point, the same for equal ones."""
    _, number = np.unique(group, return_inverse=True)
    ranks: NDArray[np.intp] = rng.permutation(number.max() + 1)[number]
    return ranks
