"""Ask a layer's backward, and look at its answers array by array."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from kit.testing.diagnosis.cases import Case, is_numbers, shape_of
from kit.testing.diagnosis.draws import dice
from kit.testing.diagnosis.layer import Layers, Setting
from kit.testing.diagnosis.layer_form import unpacked
from kit.testing.diagnosis.second_look import SCANNED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kit.protocols import Array
    from kit.testing.diagnosis.asking import Answer


BACKWARD = "backward(grad, x)"
# samples, features, neurons: the smallest first, then all three different
SIZES = (
    *((1, 1, 1), (1, 1, 2), (1, 2, 1), (2, 1, 1), (1, 2, 2), (2, 1, 2), (2, 2, 1), (2, 3, 1)),
    *((3, 2, 4), (4, 3, 2), (5, 4, 3), (7, 2, 5), (3, 2, 2), (4, 3, 3), (40, 3, 2)),
    *((6, 9, 3), (130, 2, 17)),
)
UNROUNDED = (5, 40, 130)
LARGE = 6  # a batch of so many samples is made of large numbers
SCAN = [(size, *rest) for rest in ((3, 2), (2, 3)) for size in SCANNED]
ARRAYS = ("x", "weights", "bias")
WORDS = {"x": "dL/dx", "weights": '"weights"', "bias": '"bias"'}


def settings(sizes: Sequence[tuple[int, int, int]], seed: int) -> list[Setting]:
    """Draw settings of these sizes, some with large numbers, or more digits than one would type."""
    rng = dice(seed)
    return [_varied(Setting.draw(rng, size)) for size in sizes]


def _varied(it: Setting) -> Setting:
    if len(it.x) in UNROUNDED:
        return replace(it, x=it.x * 1.000123, grad=it.grad * 0.999871)
    if len(it.x) == LARGE:
        return Setting(it.x * 300, it.grad * 40, it.weights * 20, it.bias * 20)
    return it


@dataclass(frozen=True)
class Backward:
    """The answers of a layer's backward: cases by array, and the settings they belong to."""

    layers: Layers
    settings: Sequence[Setting]
    answers: Sequence[Sequence[Answer]]
    turned: bool = False

    @classmethod
    def asked(cls, layers: Layers, asked: Sequence[Setting]) -> Backward:
        """Ask backward; once more with the weights on their side, if the student keeps them so."""
        answers = layers.backward(asked)
        if any(each[0].error for each in answers) and layers.is_turned:
            return cls(layers, asked, layers.backward(asked, turned=True), turned=True)
        return cls(layers, asked, answers)

    def right(self, it: Setting) -> dict[str, Array]:
        """Return what is right for each array."""
        bias = it.grad.sum(axis=0).reshape(self.layers.bias_shape(it, turned=self.turned))
        return {"x": it.grad @ it.weights.T, "weights": it.x.T @ it.grad, "bias": bias}

    def cases(self, name: str) -> list[Case]:
        """Return the cases of one array."""
        return [
            Case(
                {"x": it.x, "grad": it.grad, "weights": it.weights},
                self._array(name, answers[0], it),
                self.right(it)[name],
                self._also(it, answers),
            )
            for it, answers in zip(self.settings, self.answers, strict=True)
        ]

    def _array(self, name: str, answer: Answer, it: Setting) -> Answer:
        arrays = unpacked(answer.value)
        if answer.error is not None or arrays is None:
            return answer
        value = arrays[name]
        if self.turned and name == "weights" and is_numbers(value):
            value = value.T
        if name == "bias" and self._is_a_lone_column(value, it):
            value = value.reshape(1, -1)
        return replace(answer, value=value)

    def _is_a_lone_column(self, value: Any, it: Setting) -> bool:
        """Whether a bias is a column beside weights that lie right: that costs where it starts."""
        column = (it.weights.shape[1], 1)
        return not self.turned and shape_of(value) == self.layers.own_bias_shape(it) == column

    def _also(self, it: Setting, answers: Sequence[Answer]) -> dict[str, Any]:
        after = answers[1].value
        [start] = self.layers.starts([(it.weights.shape[0], it.weights.shape[1])])
        return {
            "samples": len(it.x),
            "bias": it.bias,
            "weights_after": after.T if self.turned and is_numbers(after) else after,
            "bias_after": answers[2].value,
            "start_weights": start.weights,
        }
