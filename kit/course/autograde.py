"""Our evaluator in the place of Jupyter's kernel, for plain `nbgrader autograde`.

nbgrader converts a submission twice: it sanitizes what came in, then it grades the result. Here
the first pass rebuilds the notebook from what was released and the second one asks the evaluator,
so that no byte of the student's notebook is ever parsed, shown or executed.
"""

from __future__ import annotations

import dataclasses
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from nbconvert.exporters import NotebookExporter
from nbformat.v4 import new_notebook
from nbgrader.converters import Autograde
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Unicode

from kit.course.adaptation import adapt
from kit.course.answers import questions, read_answers
from kit.course.dates import TIMESTAMP
from kit.course.evaluators import Ahead, running_evaluator, stop_evaluator
from kit.course.gradebook import keep_private, reading, writing
from kit.course.intake import Refusal, refusal, unfit_folder
from kit.course.rebuild import (
    Overwrite,
    check_points,
    comments,
    marks,
    read_released,
    show_files,
    show_verdicts,
    unanswered,
)
from kit.course.reference import reference_first
from kit.course.rows import Entry, write
from kit.course.sheet import Sheet
from kit.course.slot import SECRET, Slot
from kit.course.stock import run_stock_steps
from kit.errors import GradingError, UsageError
from kit.grading.assignment import Assignment
from kit.grading.ledger import Ledger
from kit.grading.levels import REQUIRE
from kit.grading.store import FOLDER, Store
from kit.harness.submission import read_submission

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from kit.grading.record import Record
    from kit.harness.submission import Submission

adapt()  # for a course whose configuration does not ask for it


class SubmissionExporter(NotebookExporter):  # type: ignore[misc]
    """Starts from an empty notebook where nbgrader would read the student's: truncated, huge ...

    nbgrader makes it once, before it touches a folder: so the reference is graded here.
    """

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        if isinstance(self.parent, Autograde):
            reference_first(self.parent, lambda: _prove(self.parent))

    def from_filename(self, filename: str, resources: Any = None, **options: Any) -> Any:
        """Return the notebook that the preprocessors make, and what they say beside it."""
        path, slot = Path(filename), Slot.of(self.parent, resources)
        if path.parent != slot.submitted or not slot.is_ours:
            return super().from_filename(filename, resources, **options)
        resources["metadata"] = {"name": path.stem, "path": str(path.parent)}
        return self.from_notebook_node(new_notebook(), resources, **options)


class Rebuild(Overwrite):
    """Sanitizes: the released notebook, the student's files in it, and nothing else that came.

    Its base class then sets every locked cell and all points as the gradebook has them.
    """

    def preprocess(self, notebook: Any, resources: Any) -> Any:
        """Return the notebook to grade; leave in autograded/ only what the assignment asks for.

        The marks of an earlier attempt stay until there are new ones, except where this submission
        cannot be graded by its own fault.
        """
        slot = Slot.of(self.parent.parent, resources)
        keep_private(slot.converter.coursedir)
        if not slot.is_ours:
            return run_stock_steps("sanitize_preprocessors", self, notebook, resources)
        sheet = _sheet(slot.converter.coursedir.db_url, slot.assignment)
        if problem := unfit_folder(slot.submitted):
            raise _refused(slot, problem)
        manifest = Assignment.load(slot.course, slot.assignment).manifest
        submission = read_submission(slot.submitted, manifest)
        if submission.obstacle:
            raise _refused(slot, f"{slot.student} is not graded: {submission.obstacle}")
        papers = read_submission(slot.submitted, dataclasses.replace(manifest, files=_papers(slot)))
        _replace_files(slot.autograded, {**submission.files, **papers.files})
        released = read_released(slot.released)
        open_ = questions(released, manifest.files)
        asked = {name: (cell.cell_type, cell.source) for name, cell in open_.items()}
        answers = read_answers(slot.submitted, slot.released.name, asked)
        notebook = show_files(released, submission, answers)
        return self.overwrite(notebook, sheet, resources)


class Evaluate(NbGraderPreprocessor):  # type: ignore[misc]
    """Grades: asks the evaluator about what was submitted, and saves its verdicts.

    nbgrader's own SaveAutoGrades may follow, and writes the same rows once more, one by one.
    """

    sandbox = Unicode(REQUIRE, help="The sandbox, as in `kit evaluate --sandbox`.").tag(config=True)

    def preprocess(self, notebook: Any, resources: Any) -> Any:
        """Return the notebook with its verdicts, once they are in the gradebook."""
        slot = Slot.of(self.parent.parent, resources)
        if not slot.is_ours:
            return run_stock_steps("autograde_preprocessors", self, notebook, resources)
        record = self.evaluate(slot)
        show_verdicts(notebook, record)
        about = slot.student, slot.timestamp()
        blank = unanswered(notebook)
        _save(
            slot,
            lambda sheet: Entry(*about, blank | marks(record, sheet.worth), comments(notebook)),
        )
        _store(slot.converter).put(record)  # for a later `kit regrade` to compare with
        Ledger(slot.course / FOLDER).remember(slot.student, record)
        return notebook, resources

    def evaluate(self, slot: Slot) -> Record:
        """Return the Record of the submission; raise GradingError where the grader fails."""
        assignment = Assignment.load(slot.course, slot.assignment)
        submission = read_submission(slot.submitted, assignment.manifest, slot.student)
        ahead = running_evaluator(assignment, self.sandbox)
        if ahead not in _begun:
            _begun.add(ahead)
            ahead.start(_following(slot, assignment))
        try:
            record: Record = ahead.evaluate(submission)
        except GradingError:
            stop_evaluator()  # whatever broke it must not reach the next student
            raise
        return record


_begun: WeakSet[Ahead] = WeakSet()


def _refused(slot: Slot, cause: str) -> UsageError:
    """Return the error; by a fault of its own a submission loses the marks of an earlier one."""
    if isinstance(refusal(cause), Refusal):
        _save(slot, lambda _: Entry(slot.student, slot.timestamp()))
    return UsageError(cause)


def _prove(converter: Autograde) -> None:
    """Have the reference graded, and its points compared with those of the gradebook."""
    coursedir = converter.coursedir
    assignment = Assignment.load(Path(coursedir.root), coursedir.assignment_id)
    ahead = running_evaluator(assignment, Evaluate(parent=converter).sandbox)
    record = ahead.prove(_store(converter))
    check_points(record, _sheet(coursedir.db_url, assignment.name).worth)


def _store(converter: Any) -> Store:
    coursedir = converter.coursedir
    return Store(Path(coursedir.root, FOLDER), shared=coursedir.groupshared)


def _sheet(url: str, name: str) -> Sheet:
    with reading(url) as session:
        sheet = Sheet.load(session, name) if session else None
    if sheet is None:
        raise UsageError(f"{name} is not in the gradebook; run `kit build` first")
    return sheet


def _following(slot: Slot, assignment: Assignment) -> Iterator[Submission]:
    """Yield this submission and those that nbgrader takes after it, in its order."""
    coursedir = slot.converter.coursedir
    anybody = coursedir.format_path(
        coursedir.submitted_directory, "(.*)", re.escape(slot.assignment), escape=True
    )
    for folder in sorted(slot.converter.assignments):
        path, named = Path(folder), re.fullmatch(anybody, folder)
        if named and path >= slot.submitted and not path.is_symlink():
            yield read_submission(path, assignment.manifest, named[1])


def _save(slot: Slot, entry_on: Callable[[Sheet], Entry]) -> Sheet:
    """Write what is to be said about one student; return the assignment as the gradebook has it."""
    with writing(slot.converter.coursedir.db_url, lambda: None) as session:
        sheet = Sheet.load(session, slot.assignment)
        if sheet is None:
            raise UsageError(f"{slot.assignment} is not in the gradebook; run `kit build` first")
        write(
            session, sheet, [entry_on(sheet)], lambda *_: None
        )  # the penalty has a step of its own
        session.commit()
    return sheet


def _papers(slot: Slot) -> tuple[str, ...]:
    # A time that cannot be read would stop nbgrader's feedback, as it stops its autograding.
    return (SECRET, TIMESTAMP) if slot.timestamp() else (SECRET,)


def _replace_files(folder: Path, files: Mapping[str, bytes]) -> None:
    # nbgrader has copied all that came, links followed, and would copy it on to the feedback.
    if folder.is_dir():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
