"""Grade a class: what `kit grade` does.

Everything is evaluated first, with the gradebook closed, and what came out lies ready aside. It is
written after that, in one go: an interrupt before it changes nothing.
"""

from __future__ import annotations

from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from kit.course.absent import NOTHING, absent
from kit.course.application import open_course
from kit.course.build import build
from kit.course.gradebook import reading, shown
from kit.course.intake import Refusal, read_class, refusal, some_of
from kit.course.notes import notes
from kit.course.places import insist_on_places
from kit.course.posting import posting, released_notebook
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
    from collections.abc import Callable, Collection, Iterator, Mapping

    from kit.course.application import CourseApplication
    from kit.course.converters import Progress
    from kit.course.intake import Intake
    from kit.course.posting import Post
    from kit.grading.pool import How
    from kit.grading.record import Record
    from kit.harness.submission import Submission

    Outcomes: TypeAlias = Iterator[tuple[Submission, Record | str]]

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
    students: Collection[str] = (),
    on_note: Callable[[str, dict[str, str]], None] = lambda *_: None,
) -> list[tuple[str, Record | str]]:
    """Return every student with a Record, or with the cause why there is none.

    What is graded again replaces what was there. A dry run evaluates, and gives no marks; the
    Records stay in both cases, so that an unchanged submission is not run again. Those returned
    hold no messages of their checks, unless these are asked for: a class may be a large one.
    With `students`, only these are graded.
    `on_note` is given what a teacher should look at: a heading, and what concerns whom.

    The reference comes first: where it does not pass the hidden tests, or these give other points
    than the gradebook, an exception is raised and nothing is written. Where the grader fails with one
    submission, that student's marks stay as they were.
    """
    assignment = Assignment.load(course, name)
    application = open_course(course, name, submitted, debug=debug)
    converter = open_autograde(application)
    sheet = read_sheet(application)  # a gradebook that cannot be read is told before the long work
    insist_on_places(application.coursedir)
    if sheet and not dry_run:
        released_notebook(converter, sheet)
    everybody = _take_in(application, assignment)
    intake = some_of(everybody, students) if students else everybody
    told = on_progress or (lambda *_: None)
    store = Store(course / FOLDER, shared=application.coursedir.groupshared)
    check = partial(_insist_on_points, sheet)
    done = evaluate_class(assignment, intake.submissions, how, store=store, on_reference=check)
    counted = _counted(done, len(intake.submissions), told)
    came = counted if messages else _brief(counted)
    if not (sheet or dry_run):  # the gradebook of a fresh clone waits until all have come
        came, sheet = _gathered(came, intake), _build(application)
    count = len(intake.students)
    waiting = partial(told, count, count, _WAITING)
    with posting(converter, sheet, waiting) if sheet and not dry_run else nullcontext() as post:
        refused = {student: refusal(cause) for student, cause in intake.refused.items()}
        outcomes = {**refused, **dict(_posted(came, post))}
        if post:
            for student, outcome in outcomes.items():
                if isinstance(outcome, Refusal):
                    post.withdraw(student)
            post.write()
            _remember(course, outcomes)
    for note in notes(intake, outcomes):
        on_note(*note)
    if not students:
        on_note(NOTHING, absent(application.coursedir, intake.students))
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


def _counted(done: Outcomes, count: int, on_progress: Progress) -> Outcomes:
    for number, (submission, outcome) in enumerate(done, 1):
        on_progress(number, count, submission.name)
        yield submission, outcome


def _brief(done: Outcomes) -> Outcomes:
    brief = Brief()
    for submission, outcome in done:
        yield submission, outcome if isinstance(outcome, str) else brief(outcome)


def _gathered(done: Outcomes, intake: Intake) -> Outcomes:
    # The files are read once more then: to keep those of a large class takes too much memory.
    outcomes = {submission.name: outcome for submission, outcome in done}
    return ((submission, outcomes[submission.name]) for submission in intake.submissions)


def _posted(done: Outcomes, post: Post | None) -> Iterator[tuple[str, Record | str]]:
    """Yield what came out for each student, after the post has it.

    Where the grader failed, an earlier mark stays: it was no fault of the submission.
    """
    for submission, outcome in done:
        if post and not isinstance(outcome, str):
            post.add(submission, outcome)
        yield submission.name, refusal(submission.obstacle) if submission.obstacle else outcome


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


def _insist_on_points(sheet: Sheet | None, reference: Record) -> None:
    """Refuse before anything is evaluated: no student is to lose a mark by it."""
    if sheet:
        check_points(reference, sheet.worth)
