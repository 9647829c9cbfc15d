"""A network is a stack of steps: what one returns, the next one gets.

A step that names `parameters` is a layer; one without is an activation, unless its backward takes
no y. Forward goes up the stack and remembers what each step saw; backward comes down and hands
each step its own x and y again.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from kit.calls import make
from kit.errors import UsageError
from kit.steps import Step, check_layer, check_shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import numpy as np

    from kit.protocols import Activation, Array, Layer


class Network:
    """A stack of layers and activations, of any number and any widths."""

    def __init__(self, steps: Iterable[Layer | Activation]) -> None:
        self.steps: tuple[Any, ...] = tuple(steps)
        if not self.steps:
            raise UsageError("a network needs at least one step, such as a layer")
        self._steps = [Step(index, part) for index, part in enumerate(self.steps, start=1)]
        if len({id(part) for part in self.steps}) < len(self.steps):
            raise UsageError("the same object is in two places of the network; make one for each")
        self._values: list[Array] = []

    @classmethod
    def build(
        cls,
        features: int,
        hidden: Sequence[int],
        *,
        layer: Callable[..., Layer],
        hidden_activation: Callable[[], Activation],
        output_activation: Callable[[], Activation],
        rng: np.random.Generator,
    ) -> Network:
        """Stack hidden layers of these widths, and one output neuron on top."""
        widths = [features, *hidden, 1]
        steps: list[Layer | Activation] = []
        for inputs, outputs in itertools.pairwise(widths):
            where = f"layer, step {len(steps) + 1} of the network"
            names = "num_of_features, num_of_neurons, rng"
            steps.append(make(where, layer, names, inputs, outputs, rng))
            check_layer(steps[-1])
            where = f"activation, step {len(steps) + 1} of the network"
            steps.append(make(where, hidden_activation, ""))
        return cls([*steps[:-1], make(where, output_activation, "")])

    def forward(self, x: Array, *, training: bool = False) -> Array:
        """Return the output of the last step; `training` reaches the steps that declare it."""
        self._values = [x]
        for step in self._steps:
            self._values.append(step.forward(self._values[-1], training=training))
        return self._values[-1]

    def backward(self, grad: Array) -> list[dict[str, Array]]:
        """Return the gradients of each step's parameters, given dL/doutput of the last forward."""
        if len(self._values) != len(self._steps) + 1:
            raise UsageError("backward needs what forward saw: call forward(x) first")
        check_shape("the gradient given to backward", grad, self._values[-1].shape)
        gradients: list[dict[str, Array]] = []
        for index in reversed(range(len(self._steps))):
            x, y = self._values[index], self._values[index + 1]
            grad, own = self._steps[index].backward(grad, x, y)
            gradients.append(own)
        return gradients[::-1]

    def take_values(self) -> list[Array]:
        """Return what the last forward saw, x first; it is forgotten here, to be given free."""
        values, self._values = self._values, []
        return values

    @property
    def parameters(self) -> list[dict[str, Array]]:
        """The parameters of each step by name, as they are now; none for an activation."""
        return [step.parameters() for step in self._steps]

    def is_layer(self, index: int) -> bool:
        """Whether this step, counting from 0, is a layer: it has parameters."""
        return self._steps[index].is_layer

    def place(self, index: int) -> str:
        """Say which step this is, counting from 0: "activation ReLU, step 2 of the network"."""
        return str(self._steps[index])

    def __str__(self) -> str:
        return " -> ".join(step.signature() for step in self._steps)
