"""Ask a layer about public batches, with weights and a bias that the kit sets."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from kit.testing.diagnosis.asking import Answer, play, scenes
from kit.testing.diagnosis.cases import shape_of
from kit.testing.diagnosis.draws import numbers
from kit.testing.diagnosis.slopes import measured
from kit.values import InMemory, Seed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kit.errors import PartError
    from kit.protocols import Array
    from kit.testing.diagnosis.subject import Subject
    from kit.testing.parts import Part, Question


@dataclass(frozen=True)
class Setting:
    """A batch, the gradient that comes in, and the parameters that the layer is given."""

    x: Array
    grad: Array
    weights: Array
    bias: Array

    @classmethod
    def draw(cls, rng: np.random.Generator, size: tuple[int, int, int]) -> Setting:
        """Draw a setting of so many samples, features and neurons."""
        samples, features, neurons = size
        shapes = ((samples, features), (samples, neurons), (features, neurons), (1, neurons))
        return cls(*(numbers(rng, shape) for shape in shapes))

    @property
    def outputs(self) -> Array:
        """What a right forward answers."""
        return np.asarray(self.x @ self.weights + self.bias)


@dataclass(frozen=True)
class Start:
    """What a new layer starts with, and the error where it could not be made or looked at."""

    weights: Any = None
    bias: Any = None
    error: PartError | None = None

    @property
    def is_made(self) -> bool:
        """Whether there is an object, be it one without the right attributes."""
        missing = self.error is not None and self.error.name == "AttributeError"
        return self.error is None or (missing and not self.error.file)


class Layers:
    """Makes layers of one student's, with parameters set; a failed start is done without."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self._starts: dict[tuple[int, int], Start] = {}

    def starts(self, sizes: Sequence[tuple[int, int]]) -> list[Start]:
        """Return the start values of layers of these sizes: features, neurons."""
        new = [size for size in dict.fromkeys(sizes) if size not in self._starts]
        wanted = [(size, name) for size in new for name in ("weights", "bias")]
        asked = scenes(lambda pair: [self._made(pair[0]).question_for(pair[1])], wanted)
        found = [answer for [answer] in play(asked)]
        for place, size in enumerate(new):
            weights, bias = found[2 * place : 2 * place + 2]
            self._starts[size] = Start(weights.value, bias.value, weights.error or bias.error)
        return [self._starts[size] for size in sizes]

    def _made(self, size: tuple[int, int]) -> Part:
        return self.subject.make(*size, Seed(0))

    @property
    def is_turned(self) -> bool:
        """Whether the student keeps weights as (neurons, features)."""
        [start] = self.starts([(3, 2)])
        return shape_of(start.weights) == (2, 3)

    def own_bias_shape(self, setting: Setting) -> tuple[int, ...] | None:
        """Return the shape of the bias that a layer of this size starts with."""
        features, neurons = setting.weights.shape
        [start] = self.starts([(features, neurons)])
        return start.bias.shape if isinstance(start.bias, np.ndarray) else None

    def bias_shape(self, setting: Setting, *, turned: bool = False) -> tuple[int, ...]:
        """Return the shape of the bias by the student's own choice: a column if all is turned."""
        neurons = setting.weights.shape[1]
        choices = [(neurons,), (neurons, 1)] if turned else [(neurons,)]
        own = self.own_bias_shape(setting)
        return own if own is not None and own in choices else (1, neurons)

    def with_parameters(self, setting: Setting, *, turned: bool = False) -> Part:
        """Make a layer and set its parameters."""
        size = setting.weights.shape
        [start] = self.starts([(size[0], size[1])])
        part = self._made((size[0], size[1])) if start.is_made else self._bare()
        self.set_parameters(part, setting, turned=turned)
        return part

    def set_parameters(
        self,
        part: Part,
        setting: Setting,
        *,
        turned: bool = False,
        order: str = "C",
        in_place: bool = False,
    ) -> None:
        """Set the parameters of a layer, right before it is asked again.

        In some order of memory, or into the arrays that were set so before.
        """
        weights = setting.weights.T if turned else setting.weights
        bias = setting.bias.reshape(self.bias_shape(setting, turned=turned))
        for name, value, place in (("weights", weights, 21), ("bias", bias, 22)):
            part.set(name, InMemory(value, order, place * in_place))

    def _bare(self) -> Part:
        return self.subject.student.bare(self.subject.part)

    def forward(self, settings: Sequence[Setting]) -> list[list[Answer]]:
        """Ask a new layer each for forward, and for its parameters afterwards."""
        return self._ask(settings, lambda part, it: part.question("forward", it.x, echoed=True))

    def backward(
        self, settings: Sequence[Setting], *, turned: bool = False, exchanged: bool = False
    ) -> list[list[Answer]]:
        """Ask a new layer each for backward right after forward, which may fail."""

        def question(part: Part, it: Setting) -> Question:
            pair = (it.x, it.grad) if exchanged else (it.grad, it.x)
            return part.question("backward", *pair, first=[it.x], echoed=True)

        return self._ask(settings, question, turned=turned)

    def _ask(
        self,
        settings: Sequence[Setting],
        question: Callable[[Part, Setting], Question],
        *,
        turned: bool = False,
    ) -> list[list[Answer]]:
        self.starts([(it.weights.shape[0], it.weights.shape[1]) for it in settings])

        def scene(it: Setting) -> list[Question]:
            part = self.with_parameters(it, turned=turned)
            return [question(part, it), part.question_for("weights"), part.question_for("bias")]

        played = play(scenes(scene, settings))
        return [[*answers, *[Answer()] * (3 - len(answers))] for answers in played]

    def slopes(self, it: Setting) -> list[Array | None]:
        """Measure what x, the weights and the bias do to the student's own forward."""

        def forward(**moved: Array) -> Question:
            setting = replace(it, **moved)
            return self.with_parameters(setting).question("forward", setting.x)

        self.starts([(it.weights.shape[0], it.weights.shape[1])])
        return [
            measured(lambda x: forward(x=x), [(it.x, it.grad)])[0],
            measured(lambda weights: forward(weights=weights), [(it.weights, it.grad)])[0],
            measured(lambda bias: forward(bias=bias), [(it.bias, it.grad)])[0],
        ]
