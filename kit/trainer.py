"""Training: draw a batch, go forward, measure the loss, go backward, update; again and again.

`Trainer.step` is the whole idea in four lines, and the first step of every training. The others
are made by `kit.engine`: the same numbers, sooner. The rest of the file is bookkeeping: epochs, a
history, and errors that say in which part and in which epoch something went wrong.
"""

from __future__ import annotations

import math
from contextlib import contextmanager
from dataclasses import dataclass, field
from traceback import walk_tb
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from kit.calls import call
from kit.engine.epochs import Epochs
from kit.engine.parameters import Parameters
from kit.engine.plain import in_double
from kit.engine.updates import ADVICE, update_of
from kit.errors import DivergedError, ShapeError, UsageError
from kit.steps import described

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import DTypeLike, NDArray

    from kit.engine.updates import Descent, EachParameter
    from kit.network import Network
    from kit.protocols import Array, Loss, Optimizer

    Callback: TypeAlias = Callable[[int, "History"], object]


@dataclass(frozen=True, slots=True)
class History:
    """What was measured in each epoch: while it learned, and after it on points held out.

    `loss` and `accuracy` are those of the answers that the network gave on the way, each before
    the step which that answer led to.
    """

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
        dtype: DTypeLike = np.float64,
    ) -> None:
        """Prepare a training; a `batch_size` of None takes all points at once.

        Parameters, points and labels become of `dtype`, float64 or float32.
        """
        if not isinstance(rng, np.random.Generator):
            raise UsageError(f"rng must be a numpy.random.Generator, not {rng!r}")
        self.network = network
        self.loss = loss
        self.optimizer = optimizer
        self.epochs = _positive("epochs", epochs)
        self.batch_size = None if batch_size is None else _positive("batch_size", batch_size)
        self.rng = rng
        self.callbacks = tuple(callbacks)
        self.dtype = _precision(dtype)
        self._lay_out()

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy needs: views into the vectors of this trainer are not among it."""
        state = vars(self) | {"memory": self.update.memory}
        return {name: state[name] for name in state.keys() - {"parameters", "update"}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Become a copy, with vectors of its own."""
        memory = state.pop("memory")
        vars(self).update(state)
        self._lay_out()
        self.update.remember(memory)

    def _lay_out(self) -> None:
        self.parameters = Parameters(self.network, self.dtype)
        self.update: Descent | EachParameter = update_of(self.optimizer, self.parameters)

    def fit(self, x: Array, y: Array, held_out: tuple[Array, Array] | None = None) -> History:
        """Train for all epochs, and return what was measured in each of them."""
        x, y = checked(x, y, self.dtype)
        held_out = None if held_out is None else checked(*held_out, self.dtype)
        history, epochs = History(), Epochs(self, x, y)
        is_watched = bool(self.callbacks) or held_out is not None
        while len(history) < self.epochs:
            count = 1 if is_watched else epochs.at_once(self.epochs - len(history))
            with self._epoch_told(epochs):
                epochs.run(count)
                self._record(history, epochs, held_out)
            for callback in self.callbacks:
                callback(len(history), history)
            epochs.epoch += 1
        return history

    def step(self, x: Array, y: Array) -> float:
        """Take one step downhill on one batch, with all checks; return the loss before it."""
        y_pred = self.network.forward(x, training=True)
        given = _checked_pair(y, y_pred)
        loss = self.number(self._loss_of(*given))
        gradients = self.network.backward(
            self._loss_gradient(*given).astype(y_pred.dtype, copy=False)
        )
        self._update(gradients)
        return loss

    def predict(self, x: Array, threshold: float = 0.5) -> Array:
        """Return labels (samples, 1): 1.0 where the network's output reaches the threshold."""
        return (self.network.forward(_points(x, self.dtype)) >= threshold).astype(np.float64)

    def accuracy(self, x: Array, y: Array) -> float:
        """Return the share of points whose label is predicted."""
        x, y = checked(x, y, self.dtype)
        predicted = self.predict(x)
        _check_same_shape(predicted, y)
        return float(np.mean(predicted == y))

    def measured(self, y: Array, y_pred: Array) -> float:
        """Return the loss, which has to be a finite number."""
        return self.number(self._loss_of(*_checked_pair(y, y_pred)))

    def number(self, value: Any) -> float:
        """Return what the loss returned as a float, which has to be one finite number."""
        return self.finite(_number(value, self._loss_name))

    def finite(self, loss: float) -> float:
        """Return a loss if it is finite."""
        if not math.isfinite(loss):
            raise DivergedError(f"{self._loss_name} is {loss}{ADVICE}")
        return loss

    def prepared_update(self) -> Descent | EachParameter:
        """Return the update, aware of what was set since: on layers, optimizer or trainer."""
        if (
            self.parameters.network is not self.network
            or self.update.optimizer is not self.optimizer
        ):
            self._lay_out()
        self.parameters.adopt()
        self.update.refresh()
        return self.update

    def _loss_of(self, y: Array, y_pred: Array) -> Any:
        return call(self._loss_name, "forward(y_true, y_pred)", self.loss.forward, y, y_pred)

    def _loss_gradient(self, y: Array, y_pred: Array) -> Array:
        grad = call(self._loss_name, "backward(y_true, y_pred)", self.loss.backward, y, y_pred)
        if _shape(grad) != y_pred.shape or isinstance(grad, np.matrix):
            raise ShapeError(
                f"{self._loss_name}: backward returned {described(grad)}, expected {y_pred.shape}"
            )
        return np.asarray(grad, y_pred.dtype)

    def _update(self, gradients: list[dict[str, Array]]) -> None:
        update = self.prepared_update()
        self.parameters.keep(gradients, update.scale())
        trouble = self.parameters.trouble()
        if trouble:
            raise DivergedError(f"{trouble} is not finite{ADVICE}")
        update.update()

    def _record(
        self, history: History, epochs: Epochs, held_out: tuple[Array, Array] | None
    ) -> None:
        history.loss.extend(epochs.losses())
        history.accuracy.extend(epochs.accuracies())
        if held_out is not None:
            x, y = held_out
            y_pred = self.network.forward(x)
            history.held_out_loss.append(self.measured(y, y_pred))
            history.held_out_accuracy.append(float(np.mean((y_pred >= 0.5) == y)))

    @property
    def _loss_name(self) -> str:
        return f"loss {type(self.loss).__name__}"

    @contextmanager
    def _epoch_told(self, epochs: Epochs) -> Iterator[None]:
        """Add the epoch to what goes wrong, and the part; outside the loop, where it costs nothing."""
        try:
            yield
        except DivergedError as error:
            raise DivergedError(f"in epoch {epochs.epoch}, {error}") from error
        except (Exception, KeyboardInterrupt) as error:
            place = self._place_of(error)
            if place:
                error.add_note(f"in {place}, epoch {epochs.epoch}")
            raise

    def _place_of(self, error: BaseException) -> str | None:
        """Say in which part an error arose: the first argument of a method is its part."""
        places = {id(part): self.network.place(i) for i, part in enumerate(self.network.steps)}
        places[id(self.loss)] = self._loss_name
        places[id(self.optimizer)] = f"optimizer {type(self.optimizer).__name__}"
        owners = [
            next(iter(frame.f_locals.values()), None) for frame, _ in walk_tb(error.__traceback__)
        ]
        return next((places[id(owner)] for owner in owners if id(owner) in places), None)


def checked(x: Any, y: Any, dtype: DTypeLike = np.float64) -> tuple[Array, Array]:
    """Return points (samples, features) and labels (samples, 1) as floats, or say what is wrong."""
    x, y = _points(x, dtype), np.asarray(y)
    if y.shape != (len(x), 1):
        raise ShapeError(
            f"labels are {y.shape}, expected ({len(x)}, 1): y.reshape(-1, 1) makes them a column"
        )
    if not np.isin(y, (0, 1)).all():
        raise UsageError("labels must be 0 or 1: one of them is another value")
    return x, y.astype(x.dtype)


def _points(values: Any, dtype: DTypeLike) -> Array:
    x: NDArray[Any] = np.asarray(values)
    if x.ndim != 2:
        raise ShapeError(f"x is {x.shape}, expected (samples, features)")
    if x.size == 0:
        raise UsageError(f"there is nothing to learn from: x is {x.shape}")
    if x.dtype.kind not in "fiub":
        raise UsageError(f"x must hold numbers, not {x.dtype}")
    x = np.ascontiguousarray(x, dtype)
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
    if type(value) is float:
        return value
    # NumPy's matrix products make arrays of one element; each of them is one number.
    shape = _shape(value)
    if shape is not None and math.prod(shape) == 1 and np.asarray(value).dtype.kind in "fiu":
        return float(np.reshape(value, ()))
    what = f"an array {shape}" if isinstance(value, np.ndarray) and shape else described(value)
    raise UsageError(f"{who}: forward must return one number, the mean; it returned {what}")


def _shape(value: Any) -> tuple[int, ...] | None:
    """Return the shape of something; None if its rows are of different lengths."""
    try:
        shape: tuple[int, ...] = np.shape(value)
    except ValueError:
        return None
    return shape


def _positive(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
        raise UsageError(f"{name} must be a whole number from 1 up, not {value!r}")
    return int(value)


def _precision(dtype: DTypeLike) -> np.dtype[Any]:
    found = np.dtype(dtype)
    if found not in {np.dtype(np.float32), np.dtype(np.float64)}:
        raise UsageError(f"dtype must be float32 or float64, not {found}")
    return found


def _checked_pair(y: Array, y_pred: Array) -> tuple[Array, Array]:
    _check_same_shape(y_pred, y)
    return in_double(y, y_pred)
