"""Look closer at an activation that shows no mistake so far."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from kit.testing.batches import all_sizes, in_other_orders, look_alikes
from kit.testing.diagnosis.activation_backward import BACKWARD
from kit.testing.diagnosis.activation_forward import FORWARD
from kit.testing.diagnosis.asking import play
from kit.testing.diagnosis.cases import Case
from kit.testing.diagnosis.closer_look import (
    MEMO,
    ORDER,
    TURNS,
    Look,
    first_finding,
    held,
    imprecise,
    smallest_wrong,
    unchecked,
)
from kit.testing.diagnosis.draws import dice, numbers
from kit.testing.diagnosis.habits import overwritten
from kit.testing.parts import PREVIOUS
from kit.testing.precision import a_little_more, held_by_float32
from kit.values import InMemory, Previous

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kit.protocols import Array
    from kit.testing.diagnosis.activation import Asked
    from kit.testing.diagnosis.closer_look import Check, Row
    from kit.testing.diagnosis.finding import Finding
    from kit.testing.parts import Question


def closer_findings(asked: Asked) -> list[Finding]:
    """Return the first thing that a closer look finds, where it is known what is right."""
    if asked.known.forward is None:
        return []
    # Where the reference has no backward, `asked.backward` is empty, and none is asked for.
    looks = (look for look in _looks(asked) if asked.backward or look.asked == FORWARD)
    found = [*_of_all_sizes(asked), first_finding(asked.subject, looks)]
    if asked.backward:
        found += _precise(asked)
    return [each for each in found if each is not None][:1]


def _of_all_sizes(asked: Asked) -> Iterator[Finding | None]:
    """Ask about large and tiny numbers, one sample and many; about what is left alone too."""
    rng = dice(20)
    xs = [*all_sizes(rng, 3), *all_sizes(rng, 1), np.array([[-25.0, -30.0, 30.0]])]
    pairs = [(x, 50 * rng.standard_normal(x.shape) * (x != 0)) for x in xs]
    forward = asked.forward_cases(xs)
    backward = asked.backward_cases(pairs, forward)
    yield smallest_wrong(asked.subject, FORWARD, ("value", "stability"), forward)
    yield overwritten(asked.subject, FORWARD, forward, {0: "x"})
    yield smallest_wrong(asked.subject, BACKWARD, ("gradient", "stability"), backward)
    yield overwritten(asked.subject, BACKWARD, backward, {1: "x", 2: "y"})


def _right(asked: Asked, x: Array, grad: Array | None = None) -> Array:
    right = asked.known.gradient(x, grad) if grad is not None else None
    if right is None:
        right = x if asked.known.forward is None else asked.known.forward(x)
    return right


def _held(asked: Asked, x: Array, grad: Array | None = None) -> Check:
    inputs = {"x": x} if grad is None else {"x": x, "grad": grad}
    return held(inputs, _right(asked, x, grad))


def _looks(asked: Asked) -> Iterator[Look]:
    for number in range(2):
        forward, backward = partial(_order, asked, number, 1), partial(_order, asked, number, 2)
        yield Look(FORWARD, ("value",), "memory-order", ORDER, forward)
        yield Look(BACKWARD, ("gradient",), "memory-order", ORDER, backward)
    for shape, count in (((6, 4), 7), ((40, 26), 2)):
        rows = partial(_memos, asked, shape, count)
        yield Look(BACKWARD, ("state",), "stale-cache", MEMO, rows)
    yield Look(BACKWARD, ("state",), "shared-between-objects", TURNS, partial(_turns, asked))


def _order(asked: Asked, number: int, count: int) -> list[Row]:
    rng = dice(21)
    x, grad = numbers(rng, (6, 4)), numbers(rng, (6, 4), 0.2)
    part = asked.subject.make()
    moved, moved_grad = in_other_orders(x)[number], in_other_orders(grad)[number]
    y = InMemory(PREVIOUS, moved.order)
    return [
        (part.question("forward", moved), _held(asked, x)),
        (part.question("backward", moved_grad, moved, y), _held(asked, x, grad)),
    ][:count]


def _memos(asked: Asked, shape: tuple[int, int], count: int) -> list[Row]:
    part, rng = asked.subject.make(), dice(22)
    xs, grads = (look_alikes(rng, shape)[:count] for _ in range(2))
    steps: list[tuple[Array, Any, Array, Any]] = [(x, x, grads[0], grads[0]) for x in xs]
    in_place = [*((x, grads[0]) for x in xs[:5]), *((xs[-1], grad) for grad in grads)]
    steps += [(x, InMemory(x, place=1), grad, InMemory(grad, place=2)) for x, grad in in_place]
    rows: list[Row] = []
    for x, handed, grad, handed_grad in steps:
        y = InMemory(PREVIOUS, place=11) if isinstance(handed, InMemory) else PREVIOUS
        rows.append((part.question("forward", handed), _held(asked, x)))
        rows.append((part.question("backward", handed_grad, handed, y), _held(asked, x, grad)))
    return rows


def _turns(asked: Asked) -> list[Row]:
    """Ask two objects for forward, then for backward: the second first, then the first one first."""
    first, second, rng = asked.subject.make(), asked.subject.make(), dice(23)
    x, other, grad = numbers(rng, (4, 3)), numbers(rng, (4, 3)), numbers(rng, (4, 3), 0.2)
    both: list[Row] = [
        (first.question("forward", x), unchecked),
        (second.question("forward", other), unchecked),
    ]
    mine, theirs = _held(asked, x, grad), _held(asked, other, grad)
    return [
        *both,
        (second.question("backward", grad, other, PREVIOUS), theirs),
        (first.question("backward", grad, x, Previous(3)), mine),
        *both,
        (first.question("backward", grad, x, Previous(2)), mine),
        (second.question("backward", grad, other, Previous(2)), theirs),
    ]


def _precise(asked: Asked) -> Iterator[Finding | None]:
    """Ask one object about numbers, and about the same a small step farther from zero."""
    rng = dice(24)
    x, grad = held_by_float32(rng, (6, 5)), held_by_float32(rng, (6, 5))
    pairs = [(x, grad), (a_little_more(x), grad), (x, a_little_more(grad))]

    def scene() -> list[Question]:
        part = asked.subject.make()
        forward = [part.question("forward", x) for x, _ in pairs]
        return forward + [part.question("backward", g, x, y, first=[x]) for (x, g), y in expected]

    expected = [(pair, _right(asked, pair[0])) for pair in pairs]
    [played] = play([scene])
    cases = [
        Case({"x": x}, answer, right)
        for ((x, _), right), answer in zip(expected, played, strict=False)
    ]
    yield imprecise(asked.subject, FORWARD, ("value",), cases[:2])
    cases = [
        Case({"x": x, "grad": g}, answer, _right(asked, x, g))
        for (x, g), answer in zip(pairs, played[len(pairs) :], strict=True)
    ]
    yield imprecise(asked.subject, BACKWARD, ("gradient",), cases)
