"""Write how a class did: folders in autograded/ and rows in the gradebook, both or neither."""

from __future__ import annotations

import logging
import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbgrader.utils import is_grade, is_locked, is_solution, is_task

from kit.course.answers import questions, read_answers
from kit.course.backup import back_up
from kit.course.dates import NO_DATE, TIMESTAMP, date_in
from kit.course.gradebook import keep_private, writing
from kit.course.intake import unfit_name
from kit.course.rebuild import (
    Overwrite,
    comments,
    marks,
    read_released,
    show_files,
    show_verdicts,
    to_json,
    unanswered,
)
from kit.course.rows import Entry, write
from kit.course.sheet import Sheet
from kit.course.slot import SECRET
from kit.course.staging import staging
from kit.course.steps import late_penalty
from kit.errors import GradingError, UsageError
from kit.grading.assignment import Assignment
from kit.harness.submission import read_submission
from kit.manifest import Manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from nbgrader.converters import Autograde

    from kit.course.staging import Stage
    from kit.grading.record import Record
    from kit.harness.submission import Submission

_log = logging.getLogger(__name__)


@contextmanager
def posting(
    converter: Autograde, sheet: Sheet, on_wait: Callable[[], None] = lambda: None
) -> Iterator[Post]:
    """Yield a post; what it holds and has not written at the end is deleted."""
    coursedir = converter.coursedir
    folder = Path(coursedir.root, coursedir.autograded_directory)
    permissions = int(str(converter.permissions), 8)
    with staging(folder, permissions, shared=coursedir.groupshared) as stage:
        yield Post(converter, sheet, stage, on_wait)


def released_notebook(converter: Autograde, sheet: Sheet) -> Any:
    """Return the notebook as it was released; raise UsageError where the gradebook has another."""
    coursedir, name = converter.coursedir, sheet.name
    folder = Path(coursedir.format_path(coursedir.release_directory, ".", name))
    path = folder / f"{name}.ipynb"
    try:
        notebook, _ = Overwrite(parent=converter).overwrite(read_released(path), sheet, {})
        named = [cell for cell in notebook.cells if _is_named(cell)]
        known = {cell.metadata.nbgrader.get("grade_id") for cell in named}
    except (OSError, ValueError, RuntimeError, AttributeError) as error:
        raise UsageError(f"{path} cannot be used: {error}; run `kit build {name}`") from error
    if known != set(sheet.sources):
        raise UsageError(f"{path} is not what is in the gradebook; run `kit build {name}`")
    return notebook


class Post:
    """Takes what came out of each student's submission as it comes, and writes all of it at once."""

    def __init__(
        self, converter: Autograde, sheet: Sheet, stage: Stage, on_wait: Callable[[], None]
    ) -> None:
        self._converter, self._sheet, self._stage = converter, sheet, stage
        self._on_wait = on_wait
        self._coursedir = converter.coursedir
        self._notebook = released_notebook(converter, sheet)
        self._asked = self._questions()
        self._entries: list[Entry] = []
        self._failed: list[str] = []

    def add(self, submission: Submission, record: Record) -> None:
        """Take a Record, and what it is about."""
        self._entries.append(self._prepared(submission, record))

    def withdraw(self, student: str) -> None:
        """Note that a student whom nobody could grade is to have no marks any more."""
        if not unfit_name(student):
            self._stage.remove(self._folder(self._coursedir.autograded_directory, student))
            self._entries.append(Entry(student, self._time(student)))
            self._failed.append(student)

    def write(self) -> None:
        """Write all that has come."""
        self._commit(sorted(self._entries, key=lambda entry: entry.student))
        for student in self._failed:  # a page of an earlier attempt shows marks that are no more
            page = self._folder(self._coursedir.feedback_directory, student)
            shutil.rmtree(page, ignore_errors=True)

    def _prepared(self, submission: Submission, record: Record) -> Entry:
        student, name, time = submission.name, self._sheet.name, self._time(submission.name)
        if submission.sha256 != record.submission["sha256"]:
            raise GradingError(f"{student} has handed in something else meanwhile; grade again")
        handed_in = self._folder(self._coursedir.submitted_directory, student)
        answers = read_answers(handed_in, f"{name}.ipynb", self._asked)
        # They replace those of another student.
        notebook = show_files(self._notebook, submission, answers)
        show_verdicts(notebook, record)
        text = {f"{name}.ipynb": to_json(notebook).encode()}
        papers = Manifest("", (SECRET, TIMESTAMP) if time else (SECRET,), ())
        files = {**submission.files, **read_submission(handed_in, papers).files, **text}
        self._stage.add(self._folder(self._coursedir.autograded_directory, student), files)
        given = unanswered(notebook) | marks(record, self._sheet.worth)
        return Entry(student, time, given, comments(notebook))

    def _commit(self, entries: Sequence[Entry]) -> None:
        url, sheet = self._coursedir.db_url, self._sheet
        for entry in entries:
            self._tell_of_date(entry)
        keep_private(self._coursedir)
        with writing(url, self._on_wait) as session:
            shared = self._coursedir.groupshared
            back_up(session, url, Path(self._coursedir.root), shared=shared)
            if Sheet.load(session, sheet.name) != sheet:
                raise GradingError(f"{sheet.name} has been released anew meanwhile; grade it again")
            write(session, sheet, entries, late_penalty(self._converter))
            with self._stage.in_place():
                session.commit()

    def _time(self, student: str) -> datetime | None:
        return date_in(self._folder(self._coursedir.submitted_directory, student))

    def _tell_of_date(self, entry: Entry) -> None:
        path = self._folder(self._coursedir.submitted_directory, entry.student) / TIMESTAMP
        if entry.timestamp is None and os.path.lexists(path):
            _log.warning("%s %s", path, NO_DATE)

    def _questions(self) -> dict[str, tuple[str, str]]:
        """Return the cells that students answer in the notebook: their type, and how they read."""
        manifest = Assignment.load(Path(self._coursedir.root), self._sheet.name).manifest
        open_ = questions(self._notebook, manifest.files)
        return {name: (cell.cell_type, cell.source) for name, cell in open_.items()}

    def _folder(self, step: str, student: str) -> Path:
        return Path(self._coursedir.format_path(step, student, self._sheet.name))


def _is_named(cell: Any) -> bool:
    """Say whether the gradebook knows a cell; what a teacher wrote between them it does not."""
    return bool(is_grade(cell) or is_solution(cell) or is_locked(cell) or is_task(cell))
