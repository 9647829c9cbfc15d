"""Where the numbers of a batch lie in memory, and how the points of a batch get there.

Small networks cost calls, not arithmetic. There the features come first in memory, with a row of
ones below them: so a bias is one more weight, in the product that is made anyway, forward and
backward. Where products cost more than calls, points lie as they came, and one batch at a time
is copied into a buffer that stays in the cache.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from kit.protocols import Array

    Indices = NDArray[np.intp]
    Call = Callable[[], object]
    Value = tuple[Array, Array]  # with the column of ones, where there is one, and without

SMALL = 2048  # numbers of a batch at one place of the network; from there on rows are faster
COPIED = 1 << 20  # bytes of points that are copied once an epoch
HELD_TWICE = 1 << 22  # bytes of points that are copied once a training, to stand beside ones


def is_small(x: Array, widths: Sequence[int], batch_size: int) -> bool:
    """Whether calls cost more than arithmetic, and points are few enough to be copied at once."""
    return max(widths) * batch_size <= SMALL and x.nbytes <= COPIED


class Columns:
    """Features first: values are (batch, features + 1) in column order, ones in the last column.

    The points themselves are copied once an epoch, as rows with a one at the end of each.
    """

    def __init__(self, x: Array, labels: Array, outputs: Array, batch_size: int) -> None:
        self._source = _with_ones(x)
        self._labels, self._outputs = labels, outputs
        self._shuffled, self._shuffled_labels = self._source.copy(), labels.copy()
        self._starts = range(0, len(x), batch_size)

    @staticmethod
    def values(batch: int, features: int, dtype: np.dtype[Any]) -> Value:
        """Return a buffer for values with its ones, and a view of it without."""
        array: Array = np.ones((features + 1, batch), dtype)
        return array.T, array[:-1].T

    @staticmethod
    def points(batch: int, features: int, dtype: np.dtype[Any]) -> Value:
        """Return a buffer for points, as the first step sees them."""
        return _beside_ones(batch, features, dtype)

    @staticmethod
    def shaped(memory: Array, batch: int) -> Array:
        """Return a view (batch, features) of an array that lies in a row."""
        return memory.reshape(-1, batch).T

    def gather(self, order: Indices) -> None:
        """Copy all points in this order."""
        self._source.take(order, 0, self._shuffled, "clip")  # spares a copy
        self._labels.take(order, 0, self._shuffled_labels, "clip")

    def calls(self, bind: Callable[..., list[Call]]) -> list[list[Call]]:
        """Return the calls of each batch: the parts are bound to each batch's place."""
        batches = [slice(start, start + self._starts.step) for start in self._starts]
        arrays = self._shuffled, self._shuffled_labels, self._outputs
        places = [[array[batch] for array in arrays] for batch in batches]
        return [bind((x, x[:, :-1]), labels, output) for x, labels, output in places]


class Rows:
    """Points as they came: values are (batch, features) in row order."""

    def __init__(self, x: Array, labels: Array, outputs: Array, batch_size: int) -> None:
        self._x, self._labels, self._outputs = x, labels, outputs
        self._order = np.arange(len(x))
        self._starts = range(0, len(x), batch_size)

    @staticmethod
    def values(batch: int, features: int, dtype: np.dtype[Any]) -> Value:
        """Return a buffer for values, twice, as there is none with ones."""
        array: Array = np.empty((batch, features), dtype)
        return array, array

    @staticmethod
    def points(batch: int, features: int, dtype: np.dtype[Any]) -> Value:
        """Return a buffer for points, as the first step sees them."""
        return Rows.values(batch, features, dtype)

    @staticmethod
    def shaped(memory: Array, batch: int) -> Array:
        """Return a view (batch, features) of an array that lies in a row."""
        return memory.reshape(batch, -1)

    def gather(self, order: Indices) -> None:
        """Take over the order; the points follow batch by batch."""
        self._order[...] = order

    def calls(self, bind: Callable[..., list[Call]]) -> list[list[Call]]:
        """Return the calls of each batch: the parts are bound to one place, filled anew."""
        if len(self._starts) == 1:
            return [bind(self._value(self._x), self._labels, self._outputs)]
        steps: dict[int, Any] = {}
        return [self._filled(self._starts[i], steps, bind) for i in range(len(self._starts))]

    def _filled(
        self, start: int, steps: dict[int, Any], bind: Callable[..., list[Call]]
    ) -> list[Call]:
        chosen = self._order[start : start + self._starts.step]
        stored = self._outputs[start : start + self._starts.step]
        size = len(chosen)
        if size not in steps:
            x, labels = (np.empty((size, a.shape[1]), a.dtype) for a in (self._x, self._labels))
            output = np.empty_like(stored)
            steps[size] = x, labels, output, bind(self._value(x), labels, output)
        x, labels, output, step = steps[size]
        return [
            partial(self._x.take, chosen, 0, x, "clip"),
            partial(self._labels.take, chosen, 0, labels, "clip"),
            *step,
            partial(np.positive, output, stored),  # copies, and is sooner there than copyto
        ]

    def _value(self, x: Array) -> Value:
        return x, x


class RowsWithOnes(Rows):
    """The same, and each point has a one at its end: the first layer's bias is one more weight."""

    def __init__(self, x: Array, labels: Array, outputs: Array, batch_size: int) -> None:
        super().__init__(_with_ones(x), labels, outputs, batch_size)

    @staticmethod
    def points(batch: int, features: int, dtype: np.dtype[Any]) -> Value:
        """Return a buffer for points, as the first step sees them."""
        return _beside_ones(batch, features, dtype)

    def _value(self, x: Array) -> Value:
        return x, x[:, :-1]


def _with_ones(x: Array) -> Array:
    return np.hstack([x, np.ones((len(x), 1), x.dtype)])


def _beside_ones(batch: int, features: int, dtype: np.dtype[Any]) -> Value:
    array: Array = np.ones((batch, features + 1), dtype)
    return array, array[:, :-1]
