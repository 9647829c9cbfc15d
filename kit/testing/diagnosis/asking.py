"""Ask a student's parts many public questions, and take an exception for an answer too."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from kit.errors import PartDiedError, PartError, PartTimeoutError
from kit.testing.parts import answers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from kit.testing.parts import Question

    Scene: TypeAlias = Callable[[], Sequence[Question]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question: a value and the arguments after the call, or else an error."""

    value: Any = None
    echo: tuple[Any, ...] = ()
    error: PartError | None = None


class StoppedError(Exception):
    """A part did not answer in time, or its process ended: there is nobody left to ask."""

    def __init__(self, question: Question, error: PartError) -> None:
        self.question, self.error = question, error
        super().__init__(str(error))


def play(scenes: Iterable[Scene]) -> list[list[Answer]]:
    """Return the answers of each scene: a few questions in a row, to objects of its own.

    The scenes travel together, for a question costs. One that fails ends its scene: what would
    have followed gets the same error for an answer.
    """
    waiting = [_set_up(scene) for scene in scenes]
    played: list[list[Answer]] = []
    while len(played) < len(waiting):
        found = waiting[len(played)]
        if isinstance(found, PartError):
            played.append([Answer(error=found)])
        else:
            played += _together(_questions_first(waiting[len(played) :]))
    return played


def scenes(make: Callable[[Any], Sequence[Question]], subjects: Iterable[Any]) -> list[Scene]:
    """Return a scene for each subject, made when its turn comes."""
    return [functools.partial(make, subject) for subject in subjects]


def _set_up(scene: Scene) -> Sequence[Question] | PartError:
    """Make the objects of a scene, which a student's `__init__` may refuse."""
    try:
        return scene()
    except PartError as error:
        return error


def _questions_first(scenes: Sequence[Sequence[Question] | PartError]) -> list[Sequence[Question]]:
    """Return the scenes up to the first that could not be set up."""
    found: list[Sequence[Question]] = []
    for scene in scenes:
        if isinstance(scene, PartError):
            break
        found.append(scene)
    return found


def _together(scenes: Sequence[Sequence[Question]]) -> list[list[Answer]]:
    """Ask scenes in one go, and return those that were played: up to the first that failed."""
    replies = answers([question for scene in scenes for question in scene])
    played: list[list[Answer]] = []
    for scene in scenes:
        played.append([])
        for question in scene:
            played[-1].append(_answer(question, replies))
            if error := played[-1][-1].error:
                played[-1] += [Answer(error=error)] * (len(scene) - len(played[-1]))
                return played
    return played


def _answer(question: Question, replies: Iterator[Any]) -> Answer:
    try:
        value = next(replies)
    except (PartTimeoutError, PartDiedError) as error:
        raise StoppedError(question, error) from None
    except PartError as error:
        return Answer(error=error)
    return Answer(value, tuple(question.part.echo))
