"""Keep the automatic marks of a student while nbgrader begins with a new submission.

It gives 0 points where there is no notebook, before anything is graded. The kit grades files, and
where the grader fails the marks from before have to be there still.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from nbgrader.api import Assignment, Grade, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import select, update

from kit.course.gradebook import reading, writing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

_NEW = (None, True)  # no mark yet, and a human has to look


@contextmanager
def marks_kept(url: str, assignment: str, student: str) -> Iterator[None]:
    """Set the automatic marks of a student back to what they were before."""
    with reading(url) as session:
        before = _marks(session, assignment, student) if session else {}
    yield
    with writing(url, lambda: None) as session:
        columns = ("auto_score", "needs_manual_grade")
        rows = [
            {"id": grade, **dict(zip(columns, before.get(grade, _NEW), strict=True))}
            for grade in _marks(session, assignment, student)
        ]
        if rows:
            session.execute(update(Grade), rows)
        session.commit()


def _marks(session: Session, assignment: str, student: str) -> dict[str, tuple[Any, Any]]:
    query = (
        select(Grade.id, Grade.auto_score, Grade.needs_manual_grade)
        .join(SubmittedNotebook, SubmittedNotebook.id == Grade.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .where(Assignment.name == assignment, SubmittedAssignment.student_id == student)
    )
    return {row[0]: (row[1], row[2]) for row in session.execute(query)}
