"""Grade a class: what `kit grade` does."""

from __future__ import annotations

import logging
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from nbgrader.api import Gradebook, MissingEntry

from kit.course.application import CourseApplication, open_course
from kit.course.build import build
from kit.course.converters import Grade
from kit.course.evaluators import running_evaluator, stop_evaluator
from kit.course.slot import TIMESTAMP
from kit.errors import UsageError
from kit.grading.assignment import CONFIG, Assignment
from kit.grading.submission import read_submission

if TYPE_CHECKING:
    from kit.course.converters import Progress
    from kit.grading.record import Record
    from kit.grading.submission import Submission

_log = logging.getLogger(__name__)
_OURS = {
    "sanitize_preprocessors": "kit.course.autograde.Rebuild",
    "autograde_preprocessors": "kit.course.autograde.Evaluate",
}


def grade(
    course: Path,
    name: str,
    submitted: Path | None = None,
    on_progress: Progress | None = None,
    *,
    debug: bool = False,
) -> list[tuple[str, Record | str]]:
    """Return every student with a Record, or with the cause why there is none.

    What is graded again replaces what was there. Each student is in the gradebook before the next
    one's turn comes, so that an interrupted run keeps what it did.
    """
    assignment = Assignment.load(course, name)
    application = open_course(course, name, submitted, debug=debug)
    students = _students(application, name)
    try:
        evaluator = running_evaluator(assignment)  # where it cannot start, nobody loses a mark
        evaluator.start(_submissions(application, assignment, students))
        _put_in_gradebook(application, name)
        return _grade(application, students, on_progress)
    finally:
        stop_evaluator()


def _students(application: CourseApplication, name: str) -> list[str]:
    coursedir = application.coursedir
    submitted = Path(coursedir.root, coursedir.submitted_directory)
    if not submitted.is_dir():
        raise UsageError(f"there is no folder {submitted}; collect submissions, or use --submitted")
    excluded = coursedir.student_id_exclude.split(",")
    students = sorted(
        folder.name
        for folder in submitted.glob("[!.]*")
        if folder.name not in excluded and (folder / name).is_dir()
    )
    if not students:
        raise UsageError(
            f"{submitted} holds no submission of {name}; one looks like {submitted}/ada/{name}/"
        )
    return students


def _submissions(
    application: CourseApplication, assignment: Assignment, students: list[str]
) -> list[Submission]:
    coursedir = application.coursedir
    return [
        read_submission(
            Path(coursedir.format_path(coursedir.submitted_directory, student, assignment.name)),
            assignment.manifest,
            student,
        )
        for student in students
    ]


def _put_in_gradebook(application: CourseApplication, name: str) -> None:
    # A fresh clone has no gradebook: it is made of names and marks, so it is not committed.
    coursedir = application.coursedir
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        try:
            gradebook.find_assignment(name)
        except MissingEntry:
            missing = True
        else:
            missing = False
    if missing:
        build(Path(coursedir.root), name)


def _grade(
    application: CourseApplication, students: list[str], on_progress: Progress | None
) -> list[tuple[str, Record | str]]:
    converter = Grade(coursedir=application.coursedir, parent=application, force=True)
    _insist_on_our_steps(converter)
    for student in students:
        _warn_about_time(application, student)
    with warnings.catch_warnings():  # nbgrader's use of SQLAlchemy, noisy and harmless
        warnings.filterwarnings("ignore", message="Object of type <Submitted.* not in session")
        return converter.convert(students, on_progress)


def _insist_on_our_steps(converter: Grade) -> None:
    for setting, ours in _OURS.items():
        if ours not in getattr(converter, setting):
            raise UsageError(f"{CONFIG} must have {ours!r} in c.Autograde.{setting}")


def _warn_about_time(application: CourseApplication, student: str) -> None:
    coursedir = application.coursedir
    folder = coursedir.format_path(coursedir.submitted_directory, student, coursedir.assignment_id)
    path = Path(folder, TIMESTAMP)
    if os.path.lexists(path) and coursedir.get_existing_timestamp(folder) is None:
        _log.warning("%s is no date; graded as if never late", path)
