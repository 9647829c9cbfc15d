"""Measure the slopes of a student's own forward, by tiny steps, in one go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kit.testing.diagnosis.asking import play, scenes
from kit.testing.diagnosis.cases import as_numbers
from kit.testing.gradients import STEP

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kit.protocols import Array
    from kit.testing.diagnosis.asking import Answer
    from kit.testing.parts import Question


def measured(
    forward: Callable[[Array], Question], points: Sequence[tuple[Array, Array]]
) -> list[Array | None]:
    """Return dL/dx at each point, an x and the gradient that comes in; None where x is refused.

    L = sum(grad * forward(x)). `forward` makes the question, to an object of its own: what one
    keeps from an earlier call is not the question here.
    """
    places = [(x, grad, place) for x, grad in points for place in np.ndindex(x.shape)]
    moved = [_moved(x, place, step) for x, _, place in places for step in (STEP, -STEP)]
    found = [answer for [answer] in play(scenes(lambda x: [forward(x)], moved))]
    rises = [
        _rise(grad, *found[2 * number : 2 * number + 2])
        for number, (_, grad, _) in enumerate(places)
    ]
    return list(_gathered(rises, points))


def _moved(x: Array, place: tuple[int, ...], step: float) -> Array:
    there = x.astype(float)
    there[place] += step
    return there


def _rise(grad: Array, above: Answer, below: Answer) -> float | None:
    high, low = as_numbers(above.value), as_numbers(below.value)
    if high is None or low is None or high.shape != low.shape:
        return None
    try:
        return float(np.sum(grad * (high - low)) / (2 * STEP))
    except ValueError:
        return None


def _gathered(
    rises: Sequence[float | None], points: Sequence[tuple[Array, Array]]
) -> list[Array | None]:
    gathered: list[Array | None] = []
    start = 0
    for x, _ in points:
        part = rises[start : start + x.size]
        start += x.size
        known = [rise for rise in part if rise is not None]
        gathered.append(np.array(known).reshape(x.shape) if len(known) == x.size else None)
    return gathered
