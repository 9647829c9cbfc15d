"""The part that is diagnosed: makes objects of it and signs findings with its name and lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from kit.errors import SubmissionError
from kit.testing.closeness import show
from kit.testing.diagnosis.asking import play, scenes
from kit.testing.diagnosis.cases import PRECISE, precise
from kit.testing.diagnosis.faults import meaning
from kit.testing.diagnosis.finding import Finding, unusable
from kit.testing.diagnosis.places import place_of
from kit.testing.diagnosis.signatures import other_arguments

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kit.testing.diagnosis.asking import Answer
    from kit.testing.diagnosis.cases import Case
    from kit.testing.parts import Part, Question, Student


# A message says the same each time, even about a method that does not.
RANDOM = {
    "given": "any input, given twice",
    "came": "other numbers each time",
    "expected": "the same answer to the same question",
    "table": "",
}


@dataclass(frozen=True)
class Subject:
    """One part of one student's: `part` as in `activation:relu`, `place` as in `a.py:ReLU`."""

    student: Student
    part: str
    place: str
    sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """How messages call the part."""
        return self.place.partition(":")[2]

    def make(self, *arguments: Any) -> Part:
        """Make an object of the part."""
        return self.student.make(self.part, *arguments)

    def after_forward(
        self, method: str, calls: Sequence[tuple[Sequence[Any], ...]]
    ) -> list[Answer]:
        """Call a method of a new object each, right after its forward, which may fail.

        Each call is a pair: the arguments of forward, and those of the method.
        """

        def scene(call: tuple[Sequence[Any], ...]) -> list[Question]:
            first, own = call
            return [self.make().question(method, *own, first=first, echoed=True)]

        return [answer for [answer] in play(scenes(scene, calls))]

    def fresh(self, method: str, calls: Sequence[Sequence[Any]]) -> list[Answer]:
        """Call a method of a new object for each list of arguments."""

        def scene(own: Sequence[Any]) -> list[Question]:
            return [self.make().question(method, *own, echoed=True)]

        return [answer for [answer] in play(scenes(scene, calls))]

    def finding(self, asked: str, kinds: Sequence[str], **about: Any) -> Finding:
        """Return a finding about a method, asked as in `forward(x)`; `error` is what it raised."""
        method = asked.partition("(")[0]
        error = about.pop("error", None)
        if isinstance(error, SubmissionError):
            return unusable(error, kinds, f"{self.name}.{method}")
        if error is not None:
            about["meaning"] = meaning(error)
        if words := other_arguments(error, asked, self.sources, self.place):
            about |= {"came": words, "misconceptions": ("other-arguments",)}
        if "random-answer" in about.get("misconceptions", ()):
            about |= RANDOM
        return Finding(
            f"{self.name}.{method}",
            tuple(kinds),
            asked=f"{self.name}.{asked}",
            error=error,
            place=place_of(self.sources, self.place, method),
            **about,
        )


def given(case: Case) -> str:
    """Write the inputs of a case as a student would type them."""
    return ", ".join(f"{name} = {typed(value)}" for name, value in case.given.items())


def typed(value: Any) -> str:
    """Write an input so that it can be typed: in all its digits, where it is small."""
    if isinstance(value, np.ndarray) and 0 < value.size <= PRECISE:
        return precise(value)
    return show(value)
