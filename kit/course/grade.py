"""Grade a class: what `kit grade` does.

Everything is evaluated first, with the gradebook closed. What came out is written after that, in
one go: an interrupt before it changes nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kit.course.application import open_course
from kit.course.build import build
from kit.course.gradebook import reading, shown
from kit.course.intake import read_class
from kit.course.posting import Post
from kit.course.rebuild import check_points
from kit.course.sheet import Sheet
from kit.course.steps import open_autograde
from kit.errors import GradingError
from kit.grading.assignment import Assignment
from kit.grading.brief import Brief
from kit.grading.ledger import Ledger
from kit.grading.pool import ANYHOW, evaluate_class
from kit.grading.store import FOLDER, Store

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kit.course.application import CourseApplication
    from kit.course.converters import Progress
    from kit.course.intake import Intake
    from kit.grading.pool import How
    from kit.grading.record import Record
    from kit.grading.submission import Submission

_WAITING = "waiting for the gradebook, which another program is writing"


def grade(
    course: Path,
    name: str,
    submitted: Path | None = None,
    on_progress: Progress | None = None,
    *,
    how: How = ANYHOW,
    debug: bool = False,
    dry_run: bool = False,
    messages: bool = False,
) -> list[tuple[str, Record | str]]:
    """Return every student with a Record, or with the cause why there is none.

    What is graded again replaces what was there. A dry run evaluates, and gives no marks; the
    Records stay in both cases, so that an unchanged submission is not run again. Those returned
    hold no messages of their checks, unless these are asked for: a class may be a large one.
    """
    assignment = Assignment.load(course, name)
    application = open_course(course, name, submitted, debug=debug)
    converter = open_autograde(application)
    sheet = read_sheet(application)  # a gradebook that cannot be read is told before the long work
    intake = _take_in(application, assignment)
    told = on_progress or (lambda *_: None)
    store = Store(course / FOLDER)
    done = evaluate_class(assignment, intake.submissions, how, store=store)
    counted = _counted(done, len(intake.submissions), told)
    outcomes = intake.refused | dict(counted if messages else _brief(counted))
    if not (sheet or dry_run):
        sheet = _build(application)
    if sheet:
        outcomes = {student: _fitting(outcome, sheet) for student, outcome in outcomes.items()}
    if sheet and not dry_run:
        count = len(intake.students)
        post = Post(converter, sheet, lambda: told(count, count, _WAITING))
        post.write(intake.submissions, outcomes)
        _remember(course, outcomes)
    return [(student, outcomes[student]) for student in intake.students]


def read_sheet(application: CourseApplication) -> Sheet | None:
    """Return the assignment as the gradebook has it; None where it does not."""
    coursedir = application.coursedir
    with reading(coursedir.db_url) as session:
        return Sheet.load(session, coursedir.assignment_id) if session else None


def _take_in(application: CourseApplication, assignment: Assignment) -> Intake:
    coursedir = application.coursedir
    submitted = Path(coursedir.root, coursedir.submitted_directory)

    def folder_of(student: str) -> Path:
        step = coursedir.submitted_directory
        return Path(coursedir.format_path(step, student, assignment.name))

    return read_class(assignment, submitted, coursedir.student_id_exclude.split(","), folder_of)


def _counted(
    done: Iterator[tuple[Submission, Record | str]], count: int, on_progress: Progress
) -> Iterator[tuple[str, Record | str]]:
    for number, (submission, outcome) in enumerate(done, 1):
        on_progress(number, count, submission.name)
        yield submission.name, outcome


def _brief(outcomes: Iterator[tuple[str, Record | str]]) -> Iterator[tuple[str, Record | str]]:
    brief = Brief()
    for student, outcome in outcomes:
        yield student, outcome if isinstance(outcome, str) else brief(outcome)


def _remember(course: Path, outcomes: Mapping[str, Record | str]) -> None:
    # After the gradebook: it tells which marks were given, not which Records there are.
    ledger = Ledger(course / FOLDER)
    for student, outcome in outcomes.items():
        if not isinstance(outcome, str):
            ledger.remember(student, outcome)


def _build(application: CourseApplication) -> Sheet:
    # A fresh clone has no gradebook: it is made of names and marks, so it is not committed.
    coursedir = application.coursedir
    build(Path(coursedir.root), coursedir.assignment_id)
    if sheet := read_sheet(application):
        return sheet
    raise GradingError(
        f"{coursedir.assignment_id} was released, and is not in {shown(coursedir.db_url)}"
    )


def _fitting(outcome: Record | str, sheet: Sheet) -> Record | str:
    try:
        if not isinstance(outcome, str):
            check_points(outcome, sheet.worth)
    except GradingError as error:
        return str(error)
    return outcome
