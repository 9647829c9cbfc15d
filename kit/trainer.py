"""Training: draw a batch, go forward, measure the loss, go backward, update; again and again.

`Trainer.step` is the whole idea in four lines. The rest of the file is bookkeeping: epochs,
a history, and errors that say in which part and in which epoch something went wrong.
"""

from __future__ import annotations

import math
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from traceback import walk_tb
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from kit.errors import DivergedError, ShapeError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from kit.network import Network
    from kit.protocols import Array, Loss, Optimizer

    Callback: TypeAlias = Callable[[int, "History"], object]


@dataclass(frozen=True, slots=True)
class History:
    """What was measured after each epoch, on the training points and on those held out."""

    loss: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    held_out_loss: list[float] = field(default_factory=list)
    held_out_accuracy: list[float] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.loss)


class Trainer:
    """Fits a network to labelled points; takes objects, never names."""

    def __init__(
        self,
        network: Network,
        loss: Loss,
        optimizer: Optimizer,
        *,
        epochs: int = 100,
        batch_size: int | None = 32,
        rng: np.random.Generator,
        callbacks: Sequence[Callback] = (),
    ) -> None:
        """Prepare a training; a `batch_size` of None takes all points at once."""
        if not isinstance(rng, np.random.Generator):
            raise UsageError(f"rng must be a numpy.random.Generator, not {rng!r}")
        self.network = network
        self.loss = loss
        self.optimizer = optimizer
        self.epochs = _positive("epochs", epochs)
        self.batch_size = None if batch_size is None else _positive("batch_size", batch_size)
        self.rng = rng
        self.callbacks = tuple(callbacks)
        self._states: dict[tuple[int, str], dict[str, Any]] = defaultdict(dict)

    def fit(self, x: Array, y: Array, held_out: tuple[Array, Array] | None = None) -> History:
        """Train for all epochs, and return what was measured after each of them."""
        x, y = checked(x, y)
        held_out = None if held_out is None else checked(*held_out)
        history = History()
        for epoch in range(1, self.epochs + 1):
            with self._epoch_told(epoch):
                for batch in self._batches(len(x)):
                    self.step(x[batch], y[batch])
                self._record(history, (x, y), held_out)
            for callback in self.callbacks:
                callback(epoch, history)
        return history

    def step(self, x: Array, y: Array) -> float:
        """Take one step downhill on one batch; return the loss before it."""
        y_pred = self.network.forward(x, training=True)
        loss = self._measure(y, y_pred)
        gradients = self.network.backward(self._loss_gradient(y, y_pred))
        self._update(gradients)
        return loss

    def predict(self, x: Array, threshold: float = 0.5) -> Array:
        """Return labels (samples, 1): 1.0 where the network's output reaches the threshold."""
        return (self.network.forward(_points(x)) >= threshold).astype(np.float64)

    def accuracy(self, x: Array, y: Array) -> float:
        """Return the share of points whose label is predicted."""
        x, y = checked(x, y)
        predicted = self.predict(x)
        _check_same_shape(predicted, y)
        return float(np.mean(predicted == y))

    def _batches(self, samples: int) -> Iterator[Any]:
        size = self.batch_size or samples
        if size >= samples:
            yield slice(None)
            return
        order = self.rng.permutation(samples)
        for start in range(0, samples, size):
            yield order[start : start + size]

    def _measure(self, y: Array, y_pred: Array) -> float:
        _check_same_shape(y_pred, y)
        value = _number(self.loss.forward(y, y_pred), self._loss_name)
        if not math.isfinite(value):
            raise DivergedError(f"{self._loss_name} is {value}{_ADVICE}")
        return value

    def _loss_gradient(self, y: Array, y_pred: Array) -> Array:
        grad = self.loss.backward(y, y_pred)
        if np.shape(grad) != y_pred.shape:
            raise ShapeError(
                f"{self._loss_name}: backward returned {np.shape(grad)}, expected {y_pred.shape}"
            )
        return grad

    def _update(self, gradients: list[dict[str, Array]]) -> None:
        self._check_finite(gradients)
        for index, parameters in enumerate(self.network.parameters):
            for name, parameter in parameters.items():
                state = self._states[index, name]
                value = self.optimizer.update(parameter, gradients[index][name], state)
                if np.shape(value) != parameter.shape:
                    raise ShapeError(
                        f"optimizer {type(self.optimizer).__name__}: update returned "
                        f"{np.shape(value)} for {name}, expected {parameter.shape}"
                    )
                parameter[...] = value

    def _check_finite(self, gradients: list[dict[str, Array]]) -> None:
        # From the last step down: that is the way in which gradients travel and trouble spreads.
        for index in reversed(range(len(gradients))):
            for name, gradient in gradients[index].items():
                if not np.isfinite(gradient).all():
                    place = self.network.place(index)
                    raise DivergedError(f"the gradient of {name} in {place} is not finite{_ADVICE}")

    def _record(
        self, history: History, training: tuple[Array, Array], held_out: tuple[Array, Array] | None
    ) -> None:
        self._evaluate(*training, history.loss, history.accuracy)
        if held_out is not None:
            self._evaluate(*held_out, history.held_out_loss, history.held_out_accuracy)

    def _evaluate(self, x: Array, y: Array, losses: list[float], accuracies: list[float]) -> None:
        y_pred = self.network.forward(x)
        losses.append(self._measure(y, y_pred))
        accuracies.append(float(np.mean((y_pred >= 0.5) == y)))

    @property
    def _loss_name(self) -> str:
        return f"loss {type(self.loss).__name__}"

    @contextmanager
    def _epoch_told(self, epoch: int) -> Iterator[None]:
        """Add the epoch to what goes wrong, and the part; outside the loop, where it costs nothing."""
        try:
            yield
        except DivergedError as error:
            raise DivergedError(f"in epoch {epoch}, {error}") from error
        except Exception as error:
            place = self._place_of(error)
            if place:
                error.add_note(f"in {place}, epoch {epoch}")
            raise

    def _place_of(self, error: Exception) -> str | None:
        """Say in which part an error arose: the first argument of a method is its part."""
        places = {id(part): self.network.place(i) for i, part in enumerate(self.network.steps)}
        places[id(self.loss)] = self._loss_name
        places[id(self.optimizer)] = f"optimizer {type(self.optimizer).__name__}"
        owners = [
            next(iter(frame.f_locals.values()), None) for frame, _ in walk_tb(error.__traceback__)
        ]
        return next((places[id(owner)] for owner in owners if id(owner) in places), None)


_ADVICE = ": the learning rate may be too large, or a backward wrong"


def checked(x: Any, y: Any) -> tuple[Array, Array]:
    """Return points (samples, features) and labels (samples, 1) as floats, or say what is wrong."""
    x, y = _points(x), np.asarray(y)
    if y.shape != (len(x), 1):
        raise ShapeError(
            f"labels are {y.shape}, expected ({len(x)}, 1): y.reshape(-1, 1) makes them a column"
        )
    if not np.isin(y, (0, 1)).all():
        raise UsageError("labels must be 0 or 1: one of them is another value")
    return x, y.astype(x.dtype)


def _points(values: Any) -> Array:
    x: NDArray[Any] = np.asarray(values)
    if x.ndim != 2:
        raise ShapeError(f"x is {x.shape}, expected (samples, features)")
    if x.size == 0:
        raise UsageError(f"there is nothing to learn from: x is {x.shape}")
    if x.dtype.kind not in "fiub":
        raise UsageError(f"x must hold numbers, not {x.dtype}")
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    if not np.isfinite(x).all():
        raise UsageError("x holds a number that is not finite; leave those rows out")
    return x


def _check_same_shape(y_pred: Array, y: Array) -> None:
    if y_pred.shape != y.shape:
        raise ShapeError(
            f"the network returned {y_pred.shape}, labels are {y.shape}: "
            "its last layer needs one neuron a label"
        )


def _number(value: Any, who: str) -> float:
    # NumPy's matrix products make arrays of one element; each of them is one number.
    if np.size(value) == 1 and np.asarray(value).dtype.kind in "fiu":
        return float(np.reshape(value, ()))
    what = type(value).__name__ if np.ndim(value) == 0 else f"an array {np.shape(value)}"
    raise UsageError(f"{who}: forward must return one number, the mean; it returned {what}")


def _positive(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
        raise UsageError(f"{name} must be a whole number from 1 up, not {value!r}")
    return int(value)
