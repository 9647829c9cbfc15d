"""Batches that show what others hide: a memo that looks twice alike, a write that few numbers show.

What is right for random numbers may still be wrong for numbers like these. Public tests, hidden
suites and the diagnosis draw them alike, each from a generator of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kit.values import InMemory

if TYPE_CHECKING:
    from kit.protocols import Array

NEARLY = 2.0**-12  # seen by a check, and by no memo that rounds to 3 places
BLOCKS = np.array([[[1.5, -0.75], [-0.75, 1.5]], [[0.5, -0.5], [-0.5, 0.5]]])


def look_alikes(rng: np.random.Generator, shape: tuple[int, int]) -> list[Array]:
    """Return batches of which each is easily taken for the one before; at least (5, 4).

    The second has the border, all sums and the sorted numbers of the first, and the fourth even
    the absolute values of the third. The fifth differs from it by a little in one place, and so
    does the last from the one before, across zero.
    """
    # Multiples of 1/64: every sum is exact, in whatever order it is made.
    base = rng.integers(16, 192, shape) / 64 * rng.choice([-1.0, 1.0], shape)
    row, column = shape[0] // 2, shape[1] // 2 - 1
    batches = []
    for block in (BLOCKS[0], BLOCKS[0][::-1], BLOCKS[1], *[-BLOCKS[1]] * 4):
        batches.append(base.copy())
        batches[-1][row : row + 2, column : column + 2] = block
    for batch, number in zip(batches[-3:], (NEARLY - 0.5, NEARLY, -NEARLY), strict=True):
        batch[row, column] = number
    return batches


def look_alike_guesses(rng: np.random.Generator, samples: int) -> list[tuple[Array, Array]]:
    """Return labels and predictions of which each pair is easily taken for the one before.

    Two predictions change places, then two labels, then one prediction differs by a little.
    """
    labels = (np.arange(samples) % 2).astype(float)[:, None]
    guesses = rng.integers(4, 60, (samples, 1)) / 64
    middle = slice(samples // 2, samples // 2 + 2)
    labels[middle], guesses[middle] = [[1.0], [0.0]], [[0.75], [0.25]]
    crossed, turned = guesses.copy(), labels.copy()
    crossed[middle], turned[middle] = guesses[middle][::-1], labels[middle][::-1]
    nearly = crossed.copy()
    nearly[samples // 2] += NEARLY
    return [(labels, guesses), (labels, crossed), (turned, crossed), (turned, nearly)]


def all_sizes(rng: np.random.Generator, columns: int) -> list[Array]:
    """Return batches that show a write into them: of a few samples, of one, of more than 32.

    The first and the last hold zeros, tiny numbers and large ones.
    """
    x = 3 * rng.standard_normal((40, columns))
    x[0], x[1], x[2] = -np.abs(x[0]), np.abs(x[1]), 0.0
    x[3] *= 1e-10
    x[4] *= 10
    x[5] *= 300
    x[6] *= 1e6
    x[7, 0] *= 300
    return [x[:8], x[7:8], x]


def mixed_sizes(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Draw parameters that show a write: a zero, a tiny number and a large one among them."""
    drawn = 3 * rng.standard_normal(shape)
    drawn.flat[:3] = [0.0, 1e-10, 700.0]
    return drawn


def in_other_orders(x: Array) -> list[InMemory]:
    """Return an array as a caller may hand it over that has turned it, or cut it from a table."""
    return [InMemory(x, "F"), InMemory(x, "strided")]
