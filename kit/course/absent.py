"""Name the students whom the gradebook has and the class does not: renamed, dropped, or not yet in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbgrader.api import Assignment, Grade, Student, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import func, select

from kit.course.gradebook import reading

if TYPE_CHECKING:
    from collections.abc import Collection

    from nbgrader.coursedir import CourseDirectory
    from sqlalchemy.orm import Session

NOTHING = "in the gradebook, and nothing handed in"


def absent(coursedir: CourseDirectory, present: Collection[str]) -> dict[str, str]:
    """Return the students without a submission, each with what becomes of the mark."""
    away = {*present, *coursedir.student_id_exclude.split(",")}
    with reading(coursedir.db_url) as session:
        marks = _marks(session, coursedir.assignment_id) if session else {}
    return {student: _fate(mark) for student, mark in marks.items() if student not in away}


def _marks(session: Session, name: str) -> dict[str, float | None]:
    """Return every student of the gradebook with the mark of this assignment; None without one."""
    total = (
        select(SubmittedAssignment.student_id, func.sum(Grade.score))
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .join(Grade, Grade.notebook_id == SubmittedNotebook.id)
        .where(Assignment.name == name)
        .group_by(SubmittedAssignment.student_id)
    )
    marks = {row[0]: row[1] for row in session.execute(total)}
    everybody = session.scalars(select(Student.id).order_by(Student.id))
    return {student: marks.get(student) for student in everybody}


def _fate(mark: float | None) -> str:
    return "no mark" if mark is None else f"the mark of an earlier submission stays ({mark:g})"
