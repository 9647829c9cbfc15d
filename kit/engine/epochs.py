"""Epochs of a training: how the points go by, what the network answers, and where it breaks.

The loss of an epoch is that of its answers as they come, each before the step that it leads to.
Answers are stored, so that accuracy is worked out once an epoch. A loss that is fused is measured
in the same way, many epochs at once where no callback looks in between; any other loss is measured
batch by batch, because its forward comes right before its backward.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kit.engine.bound import BoundEpochs
from kit.engine.compared import check_steps
from kit.engine.compared_losses import check_fused
from kit.engine.declared import fused, writes_where_told
from kit.engine.layouts import Rows
from kit.engine.plain import PlainEpochs
from kit.engine.updates import ADVICE
from kit.errors import DivergedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kit.engine.layouts import Indices
    from kit.protocols import Array
    from kit.trainer import Trainer

STORED = 16_384  # answers that are kept before they are measured
COMPARED = 32  # points of the first batch in which declarations are compared


class Epochs:
    """The epochs of one call of `Trainer.fit`, whose first step is the trainer's own, checked one."""

    def __init__(self, trainer: Trainer, x: Array, y: Array) -> None:
        self.epoch = 1
        self._trainer, self._x, self._y = trainer, x, y
        self._size = min(trainer.batch_size or len(x), len(x))
        self._pair = fused(trainer.loss, trainer.network)
        self._labels = self._pair.labels(y) if self._pair else y
        self._outputs: Array = np.empty((len(x), 1), x.dtype if self._pair else np.float64)
        self._engine: BoundEpochs | PlainEpochs | None = None
        self._orders: list[Indices | None] = []
        self._losses: list[list[Any]] = []  # of each epoch those of its batches, if not fused
        self._answers = self._outputs[None]
        self._values: list[Array] = []  # of the first batch, before each step

    def at_once(self, wanted: int) -> int:
        """Return how many epochs may pass before anything is measured."""
        return min(wanted, max(1, STORED // len(self._x)))

    def run(self, count: int) -> None:
        """Train for some epochs; if that ends in numbers that are none, say where it began."""
        parameters, update = self._trainer.parameters, self._trainer.prepared_update()
        if self._engine and self._update_calls is not update.calls:
            self._engine = self._prepared()
        kept = [array.copy() for array in update.state]
        if len(self._answers) != count:
            self._answers = np.empty((count, *self._outputs.shape), self._outputs.dtype)
        self._orders, self._losses = [], []
        start = self.epoch
        for epoch, answers in enumerate(self._answers, start):
            self.epoch = epoch
            self._run_one()
            answers[...] = self._outputs
            if kept and isinstance(self._engine, PlainEpochs) and not parameters.is_finite():
                self._explain(kept, start)
        if kept and not parameters.is_finite():
            self._explain(kept, start)

    def losses(self) -> list[float]:
        """Return the loss of each of the last epochs: the mean over its answers."""
        if self._pair is None:
            return list(self._told(map(self._mean, self._losses)))
        labels = self._in_order(self._labels)
        means = self._pair.forward(labels, self._answers, axis=(1, 2))
        return list(self._told(map(self._trainer.finite, means.tolist())))

    def accuracies(self) -> list[float]:
        """Return the share of right answers in each of the last epochs."""
        answers = self._answers
        if self._pair:
            last = self._trainer.network.steps[-1]
            answers = last.forward(answers.reshape(-1, 1)).reshape(answers.shape)
        right = (answers >= 0.5) == self._in_order(self._y == 1.0)
        return [np.count_nonzero(each) / len(self._x) for each in right]

    def _mean(self, losses: Sequence[Any]) -> float:
        """Return the mean over the samples of the losses of batches, each a mean over its own."""
        numbers = [self._trainer.number(loss) for loss in losses]
        sizes = [min(self._size, len(self._x) - i * self._size) for i in range(len(numbers))]
        return sum(n * size for n, size in zip(numbers, sizes, strict=True)) / len(self._x)

    def _told(self, losses: Iterable[float]) -> Iterator[float]:
        """Yield losses one by one, and know the epoch of one that raises."""
        self.epoch -= len(self._orders) - 1
        for loss in losses:
            yield loss
            self.epoch += 1
        self.epoch -= 1

    def _run_one(self) -> None:
        order = None
        if self._size < len(self._x):
            order = self._trainer.rng.permutation(len(self._x))
        self._orders.append(order)
        losses = []
        if self._engine is None:
            losses = [self._first_step(order)]
            self._engine = self._prepared()
            self._check_declared(order)
            self._engine.run(order, first=1)
        else:
            self._engine.run(order)
        if isinstance(self._engine, PlainEpochs):
            losses += self._engine.losses
        self._losses.append(losses)

    def _first_step(self, order: Indices | None) -> float:
        batch = next(self._batches(order))
        loss = self._trainer.step(self._x[batch], self._y[batch])
        values = self._trainer.network.take_values()
        self._widths = [array.shape[1] for array in values[:-1]]  # the last one is inside the loss
        self._values = [array[:COMPARED].copy() for array in values[:-1]]
        self._outputs[: self._size] = values[-2 if self._pair else -1]
        return loss

    def _check_declared(self, order: Indices | None) -> None:
        """Compare what the parts declare with their plain methods, on the first batch."""
        network, values, self._values = self._trainer.network, self._values, []
        check_steps(
            network, values, self._engine.kind if isinstance(self._engine, BoundEpochs) else Rows
        )
        if self._pair:
            y_true = self._y[next(self._batches(order))][:COMPARED]
            check_fused(network, self._trainer.loss, self._pair, y_true)

    def _prepared(self) -> BoundEpochs | PlainEpochs:
        trainer = self._trainer
        engine: BoundEpochs | PlainEpochs
        if self._pair and self._can_bind():
            engine = BoundEpochs(
                trainer.network,
                self._pair,
                trainer.parameters,
                trainer.update,
                self._widths,
            )
        else:
            engine = PlainEpochs(
                trainer.network, trainer.loss, self._pair, trainer.parameters, trainer.update
            )
        self._update_calls = trainer.update.calls
        engine.prepare(self._x, self._labels, self._outputs, self._size)
        return engine

    def _can_bind(self) -> bool:
        return self._pair is not None and all(
            writes_where_told(part) for part in self._trainer.network.steps[:-1]
        )

    def _in_order(self, labels: Array) -> Array:
        """Return labels in the order in which the answers came, (epochs, samples, 1)."""
        orders = [order for order in self._orders if order is not None]
        if not orders:
            return np.broadcast_to(labels, (len(self._orders), *labels.shape))
        ordered: Array = labels.take(np.stack(orders), axis=0)
        return ordered

    def _batches(self, order: Indices | None) -> Iterator[Any]:
        if order is None:
            yield slice(None)
            return
        for start in range(0, len(order), self._size):
            yield order[start : start + self._size]

    def _explain(self, kept: Sequence[Array], start: int) -> None:
        """Go back, and take the same steps with all checks: one of them raises."""
        trouble = self._trainer.parameters.trouble() or "a parameter"
        finite = np.isfinite(self._answers[: len(self._orders)]).all(axis=(1, 2))
        shown = start + int(np.count_nonzero(np.logical_and.accumulate(finite)[:-1]))
        for array, before in zip(self._trainer.update.state, kept, strict=True):
            array[...] = before
        for epoch, order in enumerate(self._orders, start):
            self.epoch = epoch
            for batch in self._batches(order):
                self._trainer.step(self._x[batch], self._y[batch])
        self.epoch = shown  # none did: a loss that is fused has other slopes far out
        raise DivergedError(f"{trouble} is not finite{ADVICE}")
