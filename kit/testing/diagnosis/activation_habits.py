"""Find what an activation does to its arguments, and what it keeps from call to call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kit.testing.diagnosis.activation_backward import BACKWARD
from kit.testing.diagnosis.activation_forward import FORWARD
from kit.testing.diagnosis.asking import play
from kit.testing.diagnosis.cases import Case
from kit.testing.diagnosis.draws import alike, dice, numbers
from kit.testing.diagnosis.habits import kept, overwritten, shared, total
from kit.testing.parts import PREVIOUS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kit.protocols import Array
    from kit.testing.diagnosis.activation import Asked, Pair
    from kit.testing.diagnosis.asking import Answer
    from kit.testing.diagnosis.finding import Finding
    from kit.testing.parts import Part, Question


def habit_findings(
    asked: Asked, forward: Finding | None, backward: Finding | None
) -> list[Finding]:
    """Return what is wrong with the habits of a method; with what it keeps, if its answers are right."""
    forward_cases = [*asked.forward, *asked.forward_far]
    backward_cases = [*asked.backward, *asked.backward_far]
    writes = overwritten(asked.subject, BACKWARD, backward_cases, {1: "x", 2: "y"})
    found = [overwritten(asked.subject, FORWARD, forward_cases, {0: "x"}), writes]
    if forward is None:
        found.append(_kept_by_forward(asked))
    if forward is None and backward is None and writes is None and asked.backward:
        found += _kept_by_backward(asked)
    return [each for each in found if each is not None]


def _pairs() -> list[Pair]:
    """Draw batches for one object: two that are nearly alike, one of their shape, one of another."""
    rng = dice(3)
    pairs = list(zip(alike(rng, (4, 2), 2), alike(rng, (4, 2), 2), strict=True))
    pairs += [(numbers(rng, shape), numbers(rng, shape, 0.2)) for shape in ((4, 2), (2, 4))]
    return [*pairs, (pairs[0][0], numbers(rng, (4, 2), 0.2))]


def _kept_by_forward(asked: Asked) -> Finding | None:
    xs = [x for x, _ in _pairs()]
    fresh = asked.forward_cases(xs)

    def scene() -> list[Question]:
        part = asked.subject.make()
        return [part.question("forward", x) for x in xs]

    [played] = play([scene])
    rights = [case.answer.value for case in fresh]
    if any(case.answer.error is not None for case in fresh) or len(played) < len(xs):
        return None
    steps = [
        Case(case.given, answer, right, {"stale": (rights[0], rights[max(number - 1, 0)])})
        for number, (case, answer, right) in enumerate(zip(fresh, played, rights, strict=True))
    ]
    return kept(asked.subject, FORWARD, steps)


def _kept_by_backward(asked: Asked) -> Iterator[Finding | None]:
    pairs = _pairs()
    fresh = asked.backward_cases(pairs, asked.forward_cases([x for x, _ in pairs]))
    if len(fresh) < len(pairs) or any(case.answer.error is not None for case in fresh):
        return
    [played] = play([lambda: _in_a_row(asked.subject.make(), pairs)])
    if len(played) == 2 * len(pairs) + 1:
        answers = [played[1], *played[4::2]]
        yield kept(asked.subject, BACKWARD, _steps(asked, fresh, answers))
        yield _two_objects(asked, fresh)


def _in_a_row(part: Part, pairs: Sequence[Pair]) -> list[Question]:
    """Ask forward and backward in turns; after the first pair comes a prediction, a forward alone."""
    questions = []
    for number, (x, grad) in enumerate(pairs):
        if number == 1:
            questions.append(part.question("forward", pairs[2][0]))
        questions.append(part.question("forward", x))
        questions.append(part.question("backward", grad, x, PREVIOUS))
    return questions


def _steps(asked: Asked, fresh: Sequence[Case], played: Sequence[Answer]) -> list[Case]:
    rights = [case.answer.value for case in fresh]
    xs = [case.given["x"] for case in fresh]
    steps = []
    for number, (case, answer) in enumerate(zip(fresh, played, strict=True)):
        before = max(number - 1, 0)
        stale = [_with(asked, case, xs[old]) for old in (0, before, 2)]
        also = {"stale": (*stale, rights[0], rights[before]), "total": total(rights[: number + 1])}
        steps.append(Case(case.given, answer, rights[number], also))
    return steps


def _with(asked: Asked, case: Case, x: Array) -> Array | None:
    """Return what one would answer who takes the slope at another x."""
    grad: Array = case.given["grad"]
    return asked.known.gradient(x, grad) if x.shape == grad.shape else None


def _two_objects(asked: Asked, fresh: Sequence[Case]) -> Finding | None:
    mine, other = fresh[0], fresh[2]

    def scene() -> list[Question]:
        first, second = asked.subject.make(), asked.subject.make()
        return [
            first.question("forward", mine.given["x"]),
            second.question("forward", other.given["x"]),
            second.question("backward", other.given["grad"], other.given["x"], PREVIOUS),
            first.question("backward", mine.given["grad"], mine.given["x"], mine.also["y"]),
        ]

    answer = play([scene])[0][-1]
    case = Case(mine.given, answer, mine.answer.value, mine.also)
    return shared(asked.subject, BACKWARD, case, _with(asked, mine, other.given["x"]))
