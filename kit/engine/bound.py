"""The step of parts that write where they are told: a list of calls, made before the training.

Buffers are made once for each size of a batch. A part with `bind` returns its own calls; one that
declares `out` is called with the same buffers again and again.
"""

from __future__ import annotations

from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from kit.calls import call
from kit.engine.declared import backward_of, binds, forward_of, works_in_place
from kit.engine.layouts import HELD_TWICE, Columns, Rows, RowsWithOnes, is_small

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kit.engine.layouts import Call, Indices, Value
    from kit.engine.parameters import Own, Parameters
    from kit.engine.updates import Descent, EachParameter
    from kit.network import Network
    from kit.protocols import Array, FusedLoss


class BoundEpochs:
    """Epochs as one list of calls without arguments."""

    def __init__(
        self,
        network: Network,
        pair: FusedLoss,
        parameters: Parameters,
        update: Descent | EachParameter,
        widths: Sequence[int],
    ) -> None:
        """Prepare for values of these widths: of the points, and of what each step returns."""
        self.kind: type[Columns | Rows] = Rows
        self._widths = widths
        self._steps, self._pair = network.steps[:-1], pair
        self._network, self._parameters, self._update = network, parameters, update
        self._middle: dict[tuple[int, int], tuple[list[Call], list[Call]]] = {}
        self._buffers: dict[int, tuple[list[Value], list[Array | None]]] = {}

    def prepare(self, x: Array, y: Array, outputs: Array, batch_size: int) -> None:
        """Take the points (samples, features), labels as the loss wants them, and outputs."""
        self.kind = self._layout_for(x, batch_size)
        self._layout = self.kind(x, y, outputs, batch_size)
        calls = self._layout.calls(self._bind)
        self._calls = list(chain.from_iterable(calls))
        self._first = len(calls[0])
        self._layout.gather(np.arange(len(x)))

    def run(self, order: Indices | None, *, first: int = 0) -> None:
        """Go through all batches, or all but the first one; keep what the network answers."""
        if order is not None:
            self._layout.gather(order)
        for each in self._calls[self._first :] if first else self._calls:
            each()

    def _layout_for(self, x: Array, batch_size: int) -> type[Columns | Rows]:
        layers = [part for index, part in enumerate(self._steps) if self._network.is_layer(index)]
        if not all(binds(layer) for layer in layers):
            return Rows  # a layer without `bind` may well want its rows to be rows
        if is_small(x, self._widths, batch_size):
            return Columns
        return RowsWithOnes if x.nbytes <= HELD_TWICE else Rows

    def _bind(self, x: Value, labels: Array, output: Array) -> list[Call]:
        """Return the calls of one step for the points, labels and outputs at these places."""
        buffers, grads = self._buffers_for(len(output))
        values = [x, *buffers, (output, output)]
        forwards: list[Call] = []
        backwards: list[Call] = []
        for index in range(len(self._steps)):
            places = (values[index], values[index + 1][1], grads[index + 1], grads[index])
            forward, backward = self._calls_between(index, len(output), places)
            forwards += forward
            backwards = [*backward, *backwards]
        return [
            *forwards,
            *self._loss_calls(labels, output, grads[-1]),
            *backwards,
            *self._update.calls,
        ]

    def _buffers_for(self, batch: int) -> tuple[list[Value], list[Array | None]]:
        """Return the places between the steps, for values and for gradients; few, to stay cached."""
        if batch not in self._buffers:
            dtype, widths = self._parameters.values.dtype, self._widths[1:]
            places = [np.empty(batch * max(widths), dtype) for _ in range(2)]
            values: list[Value] = []
            grads: list[Array | None] = [None]
            for step, width in enumerate(widths):
                shares = self._can_share(step)
                if not shares:
                    places.reverse()  # the gradient that is read, and the one that is written
                grads.append(self.kind.shaped(places[0][: batch * width], batch))
                values.append(values[-1] if shares else self.kind.values(batch, width, dtype))
            self._buffers[batch] = values[:-1], grads
        return self._buffers[batch]

    def _can_share(self, step: int) -> bool:
        """Whether y may lie in the place of x: a layer, unlike an activation, needs no y again."""
        behind_layer = step > 0 and self._network.is_layer(step - 1)
        return behind_layer and works_in_place(self._steps[step])

    def _calls_between(self, index: int, batch: int, places: Any) -> tuple[list[Call], list[Call]]:
        """Return a step's calls; one in the middle has the same for all batches of a size."""
        if index in {0, len(self._steps) - 1}:
            return self._calls_of(index, *places)
        if (index, batch) not in self._middle:
            self._middle[index, batch] = self._calls_of(index, *places)
        return self._middle[index, batch]

    def _calls_of(
        self, index: int, x: Value, y: Array, grad_y: Array, grad_x: Array | None
    ) -> tuple[list[Call], list[Call]]:
        part, is_layer = self._steps[index], self._network.is_layer(index)
        if grad_x is None and not is_layer:
            forwards, _ = self._calls_of(index, x, y, grad_y, np.empty_like(y))
            return forwards, []  # the gradient of the points is not used
        own = self._parameters.own(index) if is_layer else None
        return calls_of(part, own, x, y, grad_y, grad_x, is_bound=binds(part))

    def _loss_calls(self, labels: Array, x: Array, grad: Array | None) -> list[Call]:
        """Return the calls for the gradient of the loss, times what the update wants."""
        pair: Any = self._pair
        if binds(pair):
            calls, factor = pair.bind(labels, x, grad)
        else:
            calls, factor = [_kept(partial(pair.backward, labels, x, out=grad), grad)], 1.0
        return [*calls, partial(np.multiply, grad, self._update.scale(factor), grad)]


def calls_of(
    part: Any,
    own: Own | None,
    x: Value,
    y: Array,
    grad_y: Array,
    grad_x: Array | None,
    *,
    is_bound: bool,
) -> tuple[list[Call], list[Call]]:
    """Return a part's calls for forward and for backward; `own` is a layer's part of the vectors."""
    if is_bound:
        what = "bind(x, y, grad_y, grad_x)"
        given: tuple[Any, ...] = x[1], y, grad_y, grad_x
        if own is not None:
            what = "bind(x, y, grad_y, grad_x, parameters, gradients)"
            given = x[0], y, grad_y, grad_x, own.values, own.gradients
        forwards, backwards = call(f"{type(part).__name__}", what, part.bind, *given)
        return list(forwards), list(backwards)
    out = grad_x if own is None else (grad_x, own.named_gradients)
    given = (grad_y, x[1], y) if own is None else (grad_y, x[1])
    backward = partial(backward_of(part, is_first=grad_x is None), *given, out=out)
    return [_kept(partial(forward_of(part), x[1], out=y), y)], [_kept(backward, out)]


def _kept(method: Callable[[], Any], place: Any) -> Call:
    """Return a call that copies what comes back, unless it is in its place already."""

    def kept() -> None:
        found = method()
        if found is not place:
            _copy(found, place)

    return kept


def _copy(found: Any, place: Any) -> None:
    if isinstance(place, tuple):
        dx, gradients = found
        if place[0] is not None and dx is not place[0]:
            place[0][...] = dx
        for name, view in place[1].items():
            if gradients[name] is not view:
                view[...] = gradients[name]
    elif place is not None:
        place[...] = found
