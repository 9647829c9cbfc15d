"""Read from the gradebook what counts for each student: with the marks of humans, and less for being late."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nbgrader.api import (
    Assignment,
    BaseCell,
    Grade,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import select

from kit.course.application import open_course
from kit.course.gradebook import reading

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session


@dataclass(slots=True)
class Standing:
    """The marks of a student by cell, None where a human has to give one, and the late penalty."""

    marks: dict[str, float | None] = field(default_factory=dict)
    penalty: float = 0.0

    @property
    def total(self) -> float:
        """What is left when the penalty is taken off, as nbgrader exports it."""
        return max(0.0, sum(mark or 0.0 for mark in self.marks.values()) - self.penalty)


@dataclass(frozen=True, slots=True)
class Standings:
    """How a class stands in an assignment; `worth` maps every marked cell to its points."""

    worth: dict[str, float] = field(default_factory=dict)
    students: dict[str, Standing] = field(default_factory=dict)


def read_standings(course: Path, name: str) -> Standings:
    """Return how the class stands; nothing where there is no gradebook."""
    with reading(open_course(course, name).coursedir.db_url) as session:
        return _standings(session, name) if session else Standings()


def _standings(session: Session, name: str) -> Standings:
    standings = Standings()
    query = (
        select(
            SubmittedAssignment.student_id,
            SubmittedNotebook.late_submission_penalty,
            BaseCell.name,
            Grade.score,
            Grade.max_score,
            Grade.manual_score.is_(None) & Grade.auto_score.is_(None),
        )
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .join(BaseCell, BaseCell.id == Grade.cell_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .where(Assignment.name == name)
    )
    for student, penalty, cell, score, most, is_open in session.execute(query):
        standing = standings.students.setdefault(student, Standing())
        standing.penalty = penalty or 0.0
        standing.marks[cell] = None if is_open else score
        standings.worth[cell] = most
    return standings
