"""Look closer at a layer that shows no mistake so far."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from kit.testing.batches import all_sizes, look_alikes
from kit.testing.diagnosis.closer_look import MEMO, ORDER, Look, first_finding, held, imprecise
from kit.testing.diagnosis.draws import dice
from kit.testing.diagnosis.habits import overwritten
from kit.testing.diagnosis.layer import Setting
from kit.testing.diagnosis.layer_answers import ARRAYS, BACKWARD, WORDS, Backward
from kit.testing.diagnosis.layer_forward import FORWARD, forward_cases
from kit.testing.diagnosis.layer_habits import changed_parameters
from kit.testing.diagnosis.subject import given
from kit.testing.precision import a_little_more, held_by_float32
from kit.values import InMemory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy as np

    from kit.protocols import Array
    from kit.testing.diagnosis.asking import Answer
    from kit.testing.diagnosis.cases import Case
    from kit.testing.diagnosis.closer_look import Row
    from kit.testing.diagnosis.finding import Finding
    from kit.testing.diagnosis.layer import Layers

X_PLACE, GRAD_PLACE = 23, 24


def closer_forward(layers: Layers) -> list[Finding]:
    """Return the first thing that a closer look at forward finds."""
    delicate, steps = _delicate(), _steps_apart()
    sizes, precise = (forward_cases(layers, asked) for asked in (delicate, steps))
    ask = partial(_forward_rows, layers)
    found = [
        _wrong(layers, FORWARD, "value", sizes),
        overwritten(layers.subject, FORWARD, sizes, {0: "x"}),
        changed_parameters(layers, FORWARD, sizes, delicate),
        first_finding(layers.subject, _looks(FORWARD, "value", ask)),
        imprecise(layers.subject, FORWARD, ("value",), [*precise[:1], *precise[2:]]),
    ]
    return [each for each in found if each is not None][:1]


def closer_backward(layers: Layers, *, turned: bool) -> list[Finding]:
    """Return the first thing that a closer look at backward finds."""
    delicate, steps = _delicate(), _steps_apart()
    sizes, precise = (
        Backward(layers, asked, layers.backward(asked, turned=turned), turned)
        for asked in (delicate, steps)
    )
    ask = partial(_backward_rows, layers, turned=turned)
    found = [
        *(_wrong(layers, BACKWARD, "gradient", sizes.cases(name), name) for name in ARRAYS),
        overwritten(layers.subject, BACKWARD, sizes.cases("x"), {1: "x"}),
        changed_parameters(layers, BACKWARD, sizes.cases("x"), delicate),
        first_finding(layers.subject, _looks(BACKWARD, "gradient", ask)),
        *(
            imprecise(layers.subject, BACKWARD, ("gradient",), precise.cases(name))
            for name in ARRAYS
        ),
    ]
    return [each for each in found if each is not None][:1]


def _delicate() -> list[Setting]:
    """Draw settings that show a write: a zero, tiny numbers and large ones, one sample and many."""
    rng = dice(40)
    return [
        Setting(x, 50 * rng.standard_normal((len(x), 3)), *_parameters(rng, x.shape[1]))
        for x in [*all_sizes(rng, 4), *all_sizes(rng, 1)]
    ]


def _parameters(rng: np.random.Generator, features: int) -> tuple[Array, Array]:
    drawn = [3 * rng.standard_normal(shape) for shape in ((features, 3), (1, 3))]
    for each in drawn:
        each.flat[:3] = [0.0, 1e-10, 700.0]
    return drawn[0], drawn[1]


def _steps_apart() -> list[Setting]:
    """Draw numbers that float32 holds, and the same with each of them a small step farther."""
    rng = dice(41)
    shapes = ((4, 3), (4, 2), (3, 2), (1, 2))
    x, grad, weights, bias = (held_by_float32(rng, shape) for shape in shapes)
    it = Setting(x, grad, weights, bias)
    return [
        it,
        replace(it, grad=a_little_more(grad)),
        replace(it, x=a_little_more(x)),
        replace(it, weights=a_little_more(weights)),
        replace(it, bias=a_little_more(bias)),
    ]


def _wrong(
    layers: Layers, asked: str, kind: str, cases: Sequence[Case], name: str = ""
) -> Finding | None:
    case = next((case for case in cases if case.wrong), None)
    if case is None:
        return None
    label = f"{WORDS[name]}: " if name else ""
    return layers.subject.finding(
        asked,
        (kind,),
        given=given(case),
        came=label + case.came,
        expected=label + case.expected,
        error=case.answer.error,
    )


def _looks(
    asked: str, kind: str, ask: Callable[[Sequence[Setting], str, bool], list[Row]]
) -> Iterator[Look]:
    setting = Setting.draw(dice(42), (5, 4, 3))
    for order in ("F", "strided"):
        yield Look(asked, (kind,), "memory-order", ORDER, partial(ask, [setting], order, False))
    for in_place in (False, True):
        yield Look(asked, ("state",), "stale-cache", MEMO, partial(ask, _alike(), "C", in_place))


def _alike() -> list[Setting]:
    """Draw settings of one size, each easily taken for the one before."""
    rng = dice(43)
    xs, grads, weights = (look_alikes(rng, shape) for shape in ((6, 5), (6, 6), (5, 6)))
    first = Setting(xs[0], grads[0], weights[0], weights[0][2:3])
    return [
        *(replace(first, x=x) for x in xs),
        *(replace(first, grad=grad) for grad in grads),
        *(replace(first, weights=each) for each in weights),
        *(replace(first, bias=each[2:3]) for each in weights),
    ]


def _forward_rows(
    layers: Layers, settings: Sequence[Setting], order: str, in_place: bool
) -> list[Row]:
    part = layers.with_parameters(settings[0])
    rows: list[Row] = []
    for it in settings:
        layers.set_parameters(part, it, order=order, in_place=in_place)
        x = InMemory(it.x, order, X_PLACE * in_place)
        rows.append((part.question("forward", x), held(_inputs(it), it.outputs)))
    return rows


def _inputs(it: Setting) -> dict[str, Any]:
    return {"x": it.x, "weights": it.weights, "bias": it.bias}


def _backward_rows(
    layers: Layers, settings: Sequence[Setting], order: str, in_place: bool, *, turned: bool
) -> list[Row]:
    part = layers.with_parameters(settings[0], turned=turned)
    rows: list[Row] = []
    for it in settings:
        layers.set_parameters(part, it, turned=turned, order=order, in_place=in_place)
        x = InMemory(it.x, order, X_PLACE * in_place)
        grad = InMemory(it.grad, order, GRAD_PLACE * in_place)
        question = part.question("backward", grad, x, first=[x])
        rows.append((question, partial(_backward_cases, layers, it, turned)))
    return rows


def _backward_cases(layers: Layers, it: Setting, turned: bool, answer: Answer) -> list[Case]:
    asked = Backward(layers, [it], [[answer, answer, answer]], turned)
    return [asked.cases(name)[0] for name in ARRAYS]
