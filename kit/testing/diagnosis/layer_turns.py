"""Ask one layer about batches in a row, and two layers in turns: what do they keep, what share."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from kit.errors import PartError
from kit.testing.diagnosis.asking import play
from kit.testing.diagnosis.draws import alike, dice, numbers
from kit.testing.diagnosis.habits import shared
from kit.testing.diagnosis.layer import Setting
from kit.testing.diagnosis.layer_answers import ARRAYS, BACKWARD, Backward

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kit.testing.diagnosis.finding import Finding
    from kit.testing.diagnosis.layer import Layers
    from kit.testing.parts import Part, Question


def row() -> list[Setting]:
    """Draw settings for one layer: two nearly alike, one of their size, a smaller one, other weights."""
    rng = dice(9)
    twins = alike(rng, (4, 3), 2)
    first = replace(Setting.draw(rng, (4, 3, 2)), x=twins[0], grad=alike(rng, (4, 2), 1)[0])
    second = replace(first, x=twins[1])
    third, other = (
        replace(first, x=numbers(rng, (samples, 3)), grad=numbers(rng, (samples, 2)))
        for samples in (4, 2)
    )
    new_weights = replace(other, weights=other.weights + 0.5, bias=other.bias - 0.5)
    return [first, second, third, other, new_weights]


def two_layers(layers: Layers, *, turned: bool) -> Finding | None:
    """Ask two layers in turns, each first once, then the second about the batch of the first."""
    first, _, second, *_ = row()
    second = replace(second, weights=second.weights + 0.5)
    pairs = [(layers.with_parameters(first, turned=turned), it) for it in (first, second)]
    same = [(pairs[1][0], replace(second, x=first.x, grad=first.grad))]
    for forwards, then in ((pairs, pairs[::-1]), (pairs, pairs), (same, same)):
        _forwards(layers, forwards, turned=turned)
        for part, it in then:
            layers.set_parameters(part, it, turned=turned)
            [[answer]] = play([partial(_backward_alone, part, it)])
            backward = Backward(layers, [it], [[answer, answer, answer]], turned)
            mixed = backward.right(replace(it, x=forwards[-1][1].x))["weights"]
            for name in reversed(ARRAYS):
                [case] = backward.cases(name)
                if finding := shared(layers.subject, BACKWARD, case, mixed):
                    return finding
    return None


def _forwards(layers: Layers, pairs: Sequence[tuple[Part, Setting]], *, turned: bool) -> None:
    """Ask each for forward; one that fails costs nothing here."""
    for part, it in pairs:
        layers.set_parameters(part, it, turned=turned)
        with contextlib.suppress(PartError):
            part.forward(it.x)


def _backward_alone(part: Part, it: Setting) -> list[Question]:
    return [part.question("backward", it.grad, it.x)]
