"""Do what `kit grade` does before the first submission, and write nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kit.course.application import open_course
from kit.course.build import build_aside, points_of
from kit.course.grade import read_sheet
from kit.course.gradebook import writing
from kit.course.posting import released_notebook
from kit.course.rebuild import check_points
from kit.course.steps import open_autograde
from kit.grading.assignment import Assignment
from kit.grading.pool import evaluate_reference

if TYPE_CHECKING:
    from pathlib import Path


def rehearse(course: Path, name: str) -> None:
    """Raise what `kit grade` would raise for an assignment, whatever is handed in.

    `kit grade` releases one that is not in the gradebook, so that is tried, too.
    """
    assignment = Assignment.load(course, name)
    application = open_course(course, name)
    converter = open_autograde(application)
    sheet = read_sheet(application)
    record = evaluate_reference(assignment)
    if sheet is None:
        build_aside(assignment, points_of(record))
        return
    check_points(record, sheet.worth)
    released_notebook(converter, sheet)
    with writing(application.coursedir.db_url, lambda: None):
        pass
