"""Say what grading would change in the gradebook, after a dry run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nbgrader.api import Assignment, BaseCell, Grade, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import select

from kit.course.application import open_course
from kit.course.gradebook import reading
from kit.course.intake import Refusal
from kit.course.rendering import mark
from kit.course.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sqlalchemy.orm import Session

    from kit.grading.record import Record

    Marks = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Preview:
    """The automatic marks of a student by exercise: as they are, and as they would be.

    `before` is None for a new student, `after` where the submission would be refused: no marks then.
    """

    student: str
    before: Marks | None
    after: Marks | None

    @property
    def changes(self) -> bool:
        """Say whether any mark would be another one."""
        if self.after is None:
            return self.before is None or any(mark is not None for mark in self.before.values())
        return self.before != self.after


def preview(course: Path, name: str, outcomes: Mapping[str, Record | str]) -> list[Preview]:
    """Compare what came out for each student with what is in the gradebook.

    Students with whom the grader failed are left out: their marks stay.
    """
    coursedir = open_course(course, name).coursedir
    with reading(coursedir.db_url) as session:
        before = _automatic_marks(session, name) if session else {}
    return [
        Preview(student, before.get(student), _marks(outcome))
        for student, outcome in outcomes.items()
        if isinstance(outcome, Refusal) or not isinstance(outcome, str)
    ]


def total(marks: Marks | None) -> float | None:
    """Return the sum of the marks; None where there are none."""
    given = [mark for mark in (marks or {}).values() if mark is not None]
    return sum(given) if given else None


def _marks(outcome: Record | str) -> Marks | None:
    if isinstance(outcome, str):
        return None
    return {result.name: mark(result, result.max_score) for result in outcome.exercises}


def _automatic_marks(session: Session, name: str) -> dict[str, dict[str, float | None]]:
    sheet = Sheet.load(session, name)
    query = (
        select(SubmittedAssignment.student_id, BaseCell.name, Grade.auto_score)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .join(BaseCell, BaseCell.id == Grade.cell_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .where(Assignment.name == name, BaseCell.name.in_(sheet.worth if sheet else ()))
    )
    marks: dict[str, dict[str, float | None]] = {}
    for student, cell, score in session.execute(query):
        marks.setdefault(student, {})[cell] = score
    return marks
