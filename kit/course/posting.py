"""Write how a class did: folders in autograded/ and rows in the gradebook, both or neither."""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kit.course.backup import back_up
from kit.course.gradebook import writing
from kit.course.intake import unfit_name
from kit.course.rebuild import (
    Overwrite,
    comments,
    marks,
    read_released,
    show_files,
    show_verdicts,
    to_json,
)
from kit.course.rows import Entry, write
from kit.course.sheet import Sheet
from kit.course.slot import SECRET, TIMESTAMP
from kit.course.staging import staging
from kit.course.steps import late_penalty
from kit.errors import GradingError, UsageError
from kit.grading.submission import read_submission
from kit.manifest import Manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from nbgrader.converters import Autograde

    from kit.course.staging import Stage
    from kit.grading.record import Record
    from kit.grading.submission import Submission

_log = logging.getLogger(__name__)


class Post:
    """Takes what came out of each student's submission, and writes all of it at once."""

    def __init__(
        self, converter: Autograde, sheet: Sheet, on_wait: Callable[[], None] = lambda: None
    ) -> None:
        self._converter, self._sheet, self._on_wait = converter, sheet, on_wait
        self._coursedir = converter.coursedir
        self._notebook = self._released()

    def write(
        self, submissions: Iterable[Submission], outcomes: Mapping[str, Record | str]
    ) -> None:
        """Write Records with their marks; who has a cause instead has no marks any more."""
        folder = Path(self._coursedir.root, self._coursedir.autograded_directory)
        permissions = int(str(self._converter.permissions), 8)
        causes = [who for who, came in outcomes.items() if isinstance(came, str)]
        failed = [student for student in causes if not unfit_name(student)]
        with staging(folder, permissions, shared=self._coursedir.groupshared) as stage:
            entries = [
                self._prepare(stage, submission, record)
                for submission in submissions
                if not isinstance(record := outcomes[submission.name], str)
            ]
            entries += [self._withdraw(stage, student) for student in failed]
            self._commit(stage, entries)
        for student in failed:  # a page of an earlier attempt shows marks that are no more
            page = self._folder(self._coursedir.feedback_directory, student)
            shutil.rmtree(page, ignore_errors=True)

    def _prepare(self, stage: Stage, submission: Submission, record: Record) -> Entry:
        student, name, time = submission.name, self._sheet.name, self._time(submission.name)
        if submission.sha256 != record.submission["sha256"]:
            raise GradingError(f"{student} has handed in something else meanwhile; grade again")
        notebook = show_files(self._notebook, submission)  # they replace those of another student
        show_verdicts(notebook, record)
        text = {f"{name}.ipynb": to_json(notebook).encode()}
        papers = Manifest("", (SECRET, TIMESTAMP) if time else (SECRET,), ())
        handed_in = self._folder(self._coursedir.submitted_directory, student)
        files = {**submission.files, **read_submission(handed_in, papers).files, **text}
        stage.add(self._folder(self._coursedir.autograded_directory, student), files)
        return Entry(student, time, marks(record, self._sheet.worth), comments(notebook))

    def _withdraw(self, stage: Stage, student: str) -> Entry:
        stage.remove(self._folder(self._coursedir.autograded_directory, student))
        return Entry(student, self._time(student))

    def _commit(self, stage: Stage, entries: Sequence[Entry]) -> None:
        url, sheet = self._coursedir.db_url, self._sheet
        with writing(url, self._on_wait) as session:
            back_up(session, url, Path(self._coursedir.root))
            if Sheet.load(session, sheet.name) != sheet:
                raise GradingError(f"{sheet.name} has been released anew meanwhile; grade it again")
            write(session, sheet, entries, late_penalty(self._converter))
            with stage.in_place():
                session.commit()

    def _time(self, student: str) -> datetime | None:
        folder = self._folder(self._coursedir.submitted_directory, student)
        time: datetime | None = self._coursedir.get_existing_timestamp(str(folder))
        if time is None and os.path.lexists(folder / TIMESTAMP):
            _log.warning("%s is no date; graded as if never late", folder / TIMESTAMP)
        return time

    def _released(self) -> Any:
        name = self._sheet.name
        path = self._folder(self._coursedir.release_directory, ".") / f"{name}.ipynb"
        step = Overwrite(parent=self._converter)
        try:
            notebook, _ = step.overwrite(read_released(path), self._sheet, {})
            known = {cell.metadata.nbgrader.get("grade_id") for cell in notebook.cells}
        except (OSError, ValueError, RuntimeError, AttributeError) as error:
            raise UsageError(f"{path} cannot be used: {error}; run `kit build {name}`") from error
        if known != set(self._sheet.sources):
            raise UsageError(f"{path} is not what is in the gradebook; run `kit build {name}`")
        return notebook

    def _folder(self, step: str, student: str) -> Path:
        return Path(self._coursedir.format_path(step, student, self._sheet.name))
