"""Write the rows that `nbgrader autograde` writes, for a whole class with a few statements.

What a human gave, `manual_score`, `extra_credit` and `manual_comment`, is never written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from nbgrader.api import (
    Comment,
    Grade,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    new_uuid,
)
from sqlalchemy import func, insert, select, update

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from kit.course.sheet import Cell, Sheet

    # Of a student, from the score and how many seconds it was late.
    Penalty = Callable[[str, float, float], float | None]
    Pair = tuple[str, str]
    Place = tuple["Entry", Cell, str]  # the last one is the id of the student's notebook

_AT_ONCE = 200  # students: some thousand rows, so that memory stays flat


@dataclass(frozen=True, slots=True)
class Entry:
    """What is written about a student. Without marks, those of an earlier attempt are forgotten."""

    student: str
    timestamp: datetime | None
    marks: Mapping[str, float] | None = None
    comments: Mapping[str, str | None] = field(default_factory=dict)


def write(session: Session, sheet: Sheet, entries: Sequence[Entry], penalty: Penalty) -> None:
    """Write the entries; `penalty` says what it costs that a notebook is late."""
    for start in range(0, len(entries), _AT_ONCE):
        _write(session, sheet, entries[start : start + _AT_ONCE], penalty)


def _write(session: Session, sheet: Sheet, entries: Sequence[Entry], penalty: Penalty) -> None:
    notebooks = _notebooks(session, sheet, entries)
    places = [
        (entry, cell, notebooks[entry.student, cell.notebook])
        for entry in entries
        for cell in sheet.cells
    ]
    _write_marks(session, sheet, [place for place in places if place[1].is_graded])
    _write_comments(session, sheet, [place for place in places if place[1].has_comment])
    nothing = ({"id": found, "late_submission_penalty": None} for found in notebooks.values())
    _update(session, SubmittedNotebook, nothing)
    if sheet.duedate:
        graded = sheet.notebooks[sheet.name]
        marked = [notebooks[it.student, graded] for it in entries if it.marks is not None]
        _write_penalties(session, sheet.duedate, marked, penalty)


def _notebooks(session: Session, sheet: Sheet, entries: Sequence[Entry]) -> dict[Pair, str]:
    """Map (student, notebook) to what that student has submitted of it, at its time."""
    _make_students(session, [entry.student for entry in entries])
    wanted = [(entry.student, sheet.id) for entry in entries]
    submissions = _ids(session, SubmittedAssignment, ("student_id", "assignment_id"), wanted)
    times = ({"id": submissions[it.student, sheet.id], "timestamp": it.timestamp} for it in entries)
    _update(session, SubmittedAssignment, times)
    parts = [(of, part) for of in submissions.values() for part in sheet.notebooks.values()]
    ids = _ids(session, SubmittedNotebook, ("assignment_id", "notebook_id"), parts)
    owners = {found: student for (student, _), found in submissions.items()}
    return {(owners[of], part): found for (of, part), found in ids.items()}


def _make_students(session: Session, names: Sequence[str]) -> None:
    known = set(session.scalars(select(Student.id).where(Student.id.in_(names))))
    if new := [{"id": name} for name in names if name not in known]:
        session.execute(insert(Student), new)


def _ids(session: Session, model: Any, columns: Pair, wanted: Sequence[Pair]) -> dict[Pair, str]:
    """Map each pair of values to the id of its row; where there is none, one is made."""
    first, second = (getattr(model, column) for column in columns)
    known = select(first, second, model.id).where(first.in_({pair[0] for pair in wanted}))
    there = {(row[0], row[1]): row[2] for row in session.execute(known)}
    ids = {pair: there.get(pair) or new_uuid() for pair in wanted}
    new = [pair for pair in wanted if pair not in there]
    if new:
        rows = [{"id": ids[pair], **dict(zip(columns, pair, strict=True))} for pair in new]
        session.execute(insert(model), rows)
    return ids


def _write_marks(session: Session, sheet: Sheet, places: Sequence[Place]) -> None:
    ids = _ids(session, Grade, ("notebook_id", "cell_id"), [(it[2], it[1].id) for it in places])
    has_manual = select(Grade.id).where(Grade.manual_score.is_not(None))
    by_hand = set(
        session.scalars(has_manual.where(Grade.notebook_id.in_({it[2] for it in places})))
    )
    rows = []
    for entry, cell, notebook in places:
        found = ids[notebook, cell.id]
        mark = (entry.marks or {}).get(cell.name) if sheet.grades(cell) else None
        open_ = mark is None or found in by_hand
        rows.append({"id": found, "auto_score": mark, "needs_manual_grade": open_})
    _update(session, Grade, rows)


def _write_comments(session: Session, sheet: Sheet, places: Sequence[Place]) -> None:
    ids = _ids(session, Comment, ("notebook_id", "cell_id"), [(it[2], it[1].id) for it in places])
    rows = (
        {"id": ids[notebook, cell.id], "auto_comment": entry.comments.get(cell.name)}
        for entry, cell, notebook in places
        if entry.marks is not None and cell.notebook == sheet.notebooks[sheet.name]
    )
    _update(session, Comment, rows)


def _write_penalties(
    session: Session, duedate: datetime, notebooks: Sequence[str], penalty: Penalty
) -> None:
    score = select(Grade.notebook_id, func.coalesce(func.sum(Grade.score), 0.0))
    found = session.execute(
        score.where(Grade.notebook_id.in_(notebooks)).group_by(Grade.notebook_id)
    )
    scores = {row[0]: row[1] for row in found}
    about = (SubmittedAssignment.student_id, SubmittedAssignment.timestamp)
    handed_in = select(SubmittedNotebook.id, *about, SubmittedAssignment.extension)
    joined = handed_in.join(SubmittedNotebook.assignment)
    rows = []
    for row in session.execute(joined.where(SubmittedNotebook.id.in_(notebooks))):
        due = duedate + (row.extension or timedelta())
        if row.timestamp and row.timestamp > due:
            late = (row.timestamp - due).total_seconds()
            cost = penalty(row.student_id, scores.get(row.id, 0.0), late)
            rows.append({"id": row.id, "late_submission_penalty": cost})
    _update(session, SubmittedNotebook, rows)


def _update(session: Session, model: Any, rows: Iterable[Mapping[str, Any]]) -> None:
    if found := list(rows):
        session.execute(update(model), found)
