"""Ask an activation about public inputs: each of them a new object, near zero and far from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from kit.testing.diagnosis.cases import Case, is_numbers
from kit.testing.diagnosis.draws import dice, numbers
from kit.testing.diagnosis.slopes import measured

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kit.protocols import Array
    from kit.testing.diagnosis.asking import Answer
    from kit.testing.diagnosis.known import Known
    from kit.testing.diagnosis.subject import Subject

    Pair: TypeAlias = tuple[Array, Array]

SINGLES = (
    (-0.5, 2.0),
    (0.5, -1.5),
    (1.5, 0.3),
    (-1.5, -3.0),
    (0.05, 0.7),
    (4.0, 1.2),
    (0.12345, 0.98765),
    (0.8, 60.0),
    (-0.6, -45.0),
)
FAR = (
    (10.0, 2.0),
    (-10.0, -1.5),
    (40.0, 0.3),
    (-40.0, 2.0),
    (300.0, 1.7),
    (1000.0, 2.0),
    (-1000.0, 2.0),
    (0.001, 60.0),
    (-0.001, -60.0),
)
ZERO = (0.0, 2.0)
MIXED = ([-800.0, 1000.0], [800.0, -1000.0])
SHAPES = ((1, 2), (2, 1), (2, 2), (2, 3), (3, 3), (4, 3), (5, 2), (3, 7), (40, 3), (130, 17))
UNROUNDED = (5, 40, 130)  # batches of so many samples are not rounded
SMALL = 4  # how many of the shapes are small enough to measure slopes
MEASURED_TOLERANCE = 1e-4


class Asked:
    """One activation and its answers: `forward` and `backward` near zero, `..._far` elsewhere."""

    def __init__(self, subject: Subject, known: Known) -> None:
        self.subject, self.known = subject, known
        near = [*map(_single, SINGLES), *_batches(SMALL if known.slope is None else len(SHAPES))]
        far = list(map(_single, FAR if known.slope is None or known.kink else (ZERO, *FAR)))
        far += [(np.array([x]), np.array([[0.4, -0.6]])) for x in MIXED]
        cases = self.forward_cases([x for x, _ in [*near, *far]])
        self.forward, self.forward_far = cases[: len(near)], cases[len(near) :]
        self.backward = self.backward_cases(near, self.forward)
        self.backward_far = self.backward_cases(far, self.forward_far)

    def forward_cases(self, xs: Sequence[Array]) -> list[Case]:
        """Ask forward for each x."""
        found = self.subject.fresh("forward", [(x,) for x in xs])
        return [
            Case({"x": x}, y, self._right_forward(x, y), {"samples": len(x)})
            for x, y in zip(xs, found, strict=True)
        ]

    def _right_forward(self, x: Array, answer: Answer) -> Array:
        """Return what is right; of an unknown function, any numbers in the shape of x."""
        if self.known.forward is not None:
            return self.known.forward(x)
        value = answer.value
        usable = is_numbers(value) and value.shape == x.shape and np.isfinite(value).all()
        return np.array(value, dtype=float) if usable else np.zeros_like(x)

    def backward_cases(
        self, pairs: Sequence[Pair], forward: Sequence[Case], *, right_y: bool = False
    ) -> list[Case]:
        """Ask backward right after forward, with the y that came of it.

        Where none came that is made of numbers, the right y takes its place, or with `right_y`
        always: a mistake in forward is told where forward is looked at.
        """
        usable = [
            (x, grad, y)
            for (x, grad), case in zip(pairs, forward, strict=True)
            if (y := self._y(case, right=right_y)) is not None
        ]
        calls = [((x,), (grad, x, y)) for x, grad, y in usable]
        found = self.subject.after_forward("backward", calls)
        rights = self._right_backward([(x, grad) for x, grad, _ in usable])
        return [
            _backward_case(*given, dx, right, self.known)
            for given, dx, right in zip(usable, found, rights, strict=True)
            if right is not None
        ]

    def _y(self, case: Case, *, right: bool) -> Array | None:
        if not right and is_numbers(case.answer.value):
            y: Array = case.answer.value
            return y
        return None if self.known.forward is None else np.array(case.right)

    def _right_backward(self, pairs: Sequence[Pair]) -> Sequence[Array | None]:
        if self.known.forward is not None:
            return [self.known.gradient(x, grad) for x, grad in pairs]
        return self.measured(pairs)

    def measured(self, pairs: Sequence[Pair]) -> list[Array | None]:
        """Measure dL/dx by tiny steps of the student's own forward."""
        return measured(lambda x: self.subject.make().question("forward", x), pairs)

    def singles(self, cases: Sequence[Case]) -> list[Case]:
        """Return those of one sample and one feature."""
        return [case for case in cases if case.inputs.x.size == 1]


def _backward_case(x: Any, grad: Any, y: Any, dx: Answer, right: Any, known: Known) -> Case:
    case = Case({"x": x, "grad": grad}, dx, right, {"y": y, "samples": len(x)})
    if known.forward is not None:
        return case
    return Case(case.given, dx, right, case.also, MEASURED_TOLERANCE)


def _single(numbers_given: tuple[float, float]) -> Pair:
    x, grad = numbers_given
    return np.array([[x]]), np.array([[grad]])


def _batches(count: int) -> list[Pair]:
    rng = dice(1)
    drawn = [(numbers(rng, shape), numbers(rng, shape, 0.2)) for shape in SHAPES[:count]]
    x, grad = drawn[2]
    drawn.append((np.ceil(np.abs(x)), grad))  # whole numbers, and none below zero
    return [_unrounded(*pair) if len(pair[0]) in UNROUNDED else pair for pair in drawn]


def _unrounded(x: Array, grad: Array) -> Pair:
    """Add digits, or whoever rounds would never be found out."""
    return x * 1.000123, grad * 0.999871
