"""Compare what students had with what they have after a regrade: who moved, and because of what."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kit.grading.record import Record


@dataclass(frozen=True, slots=True)
class Change:
    """One check whose points are others now; None where there is no such check."""

    check: str
    before: float | None
    after: float | None

    @property
    def points(self) -> float:
        """What the student gained by it."""
        return (self.after or 0.0) - (self.before or 0.0)

    @property
    def cause(self) -> str:
        """The check, and what happened to it where it is not there on both sides."""
        if self.before is None:
            return f"{self.check} (new)"
        return f"{self.check} (gone)" if self.after is None else self.check


@dataclass(frozen=True, slots=True)
class Movement:
    """What a regrade did to one student; `moved` tells whether any mark of an exercise changed."""

    student: str
    before: float
    after: float
    moved: bool
    changes: tuple[Change, ...]

    @property
    def points(self) -> float:
        """What the student gained in all."""
        return self.after - self.before

    def to_json(self) -> dict[str, Any]:
        """Return the movement as plain values, ready for `json.dumps`."""
        changes = [
            {"check": change.check, "before": change.before, "after": change.after}
            for change in self.changes
        ]
        return {
            "student": self.student,
            "before": self.before,
            "after": self.after,
            "moved": self.moved,
            "changes": changes,
        }


def compare(student: str, before: Record, after: Record) -> Movement:
    """Return how one Record differs from another in points."""
    marks, new_marks = (
        {exercise.name: exercise.score for exercise in record.exercises}
        for record in (before, after)
    )
    moved = any(
        _differ(marks.get(name, 0.0), new_marks.get(name, 0.0)) for name in marks | new_marks
    )
    return Movement(student, before.score, after.score, moved, tuple(_changes(before, after)))


def compare_class(
    before: Mapping[str, Record], after: Mapping[str, Record | str]
) -> list[Movement]:
    """Compare everybody who has a Record on both sides, in the order of the new ones."""
    return [
        compare(student, before[student], record)
        for student, record in after.items()
        if student in before and not isinstance(record, str)
    ]


def _changes(before: Record, after: Record) -> Iterator[Change]:
    """Yield the checks with other points; a renamed check is one that is gone and a new one."""
    old, new = _points(before), _points(after)
    for check in old | new:
        change = Change(check, old.get(check), new.get(check))
        if None in {change.before, change.after} or _differ(change.points, 0.0):
            yield change


def _points(record: Record) -> dict[str, float]:
    return {check.id: check.points for exercise in record.exercises for check in exercise.checks}


def _differ(one: float, other: float) -> bool:
    return not math.isclose(one, other, abs_tol=1e-9)  # a sum in another order is the same mark
