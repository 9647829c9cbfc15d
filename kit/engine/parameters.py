"""All parameters of a network as views into one vector, and all gradients into another.

So a step of gradient descent is one call for the whole network, however many layers it has. The
attributes of the layers stay what they were for everybody else: arrays to read and to set.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kit.network import Network
    from kit.protocols import Array


@dataclass(frozen=True, slots=True)
class Place:
    """One parameter: which attribute of which part it is, and its views into the two vectors."""

    index: int
    part: Any
    name: str
    value: Array
    gradient: Array


@dataclass(frozen=True, slots=True)
class Own:
    """What belongs to one layer: its part of the two vectors, and its gradients by name."""

    values: Array
    gradients: Array
    named_gradients: dict[str, Array]


class Parameters:
    """The parameters of a network, side by side in memory, in the order in which parts name them."""

    def __init__(self, network: Network, dtype: np.dtype[Any]) -> None:
        found = network.parameters
        total = sum(array.size for own in found for array in own.values())
        self.network = network
        self.values: Array = np.empty(total, dtype)
        self.gradients: Array = np.zeros(total, dtype)
        self.slices: list[slice] = []
        self.places: list[Place] = []
        start = 0
        for index, own in enumerate(found):
            first = start
            for name, array in own.items():
                start = self._add(index, name, array.shape, start)
            self.slices.append(slice(first, start))
        self.adopt()

    def _add(self, index: int, name: str, shape: Sequence[int], start: int) -> int:
        end = start + math.prod(shape)
        value, gradient = (
            vector[start:end].reshape(shape) for vector in (self.values, self.gradients)
        )
        place = Place(index, self.network.steps[index], name, value, gradient)
        self.places.append(place)
        return end

    def adopt(self) -> None:
        """Take over what somebody has set on a layer since, and put the views back."""
        for place in self.places:
            current = getattr(place.part, place.name)
            if current is place.value:
                continue
            if np.shape(current) != place.value.shape:
                raise UsageError(
                    f"{self.network.place(place.index)}: {place.name} is now {np.shape(current)}, "
                    f"and was {place.value.shape} when the trainer was made; make a new one"
                )
            place.value[...] = current
            setattr(place.part, place.name, place.value)

    def gradients_of(self, index: int) -> dict[str, Array]:
        """Return the views for the gradients of one step, by name."""
        return {place.name: place.gradient for place in self.places if place.index == index}

    def own(self, index: int) -> Own:
        """Return what belongs to one layer."""
        place = self.slices[index]
        return Own(self.values[place], self.gradients[place], self.gradients_of(index))

    def keep(self, gradients: Sequence[Mapping[str, Array]], scale: Array) -> None:
        """Keep the gradients of every step in the vector, multiplied by what the update wants."""
        for place in self.places:
            np.multiply(gradients[place.index][place.name], scale, place.gradient)

    def is_finite(self) -> bool:
        """Whether no value is infinite or nan; counting is the quickest way to say "all"."""
        return bool(np.count_nonzero(np.isfinite(self.values)) == self.values.size)

    def trouble(self) -> str | None:
        """Say which gradient is not finite."""
        # From the last step down: that is the way in which gradients travel and trouble spreads.
        names = {p.index: [q for q in self.places if q.index == p.index] for p in self.places}
        for index in sorted(names, reverse=True):
            for place in names[index]:
                if not np.isfinite(place.gradient).all():
                    return f"the gradient of {place.name} in {self.network.place(index)}"
        return None
