"""Our evaluator in the place of Jupyter's kernel, for `nbgrader autograde` and for `kit grade`.

nbgrader converts a submission twice: it sanitizes what came in, then it grades the result. Here
the first pass rebuilds the notebook from what was released and the second one asks the evaluator,
so that no byte of the student's notebook is ever parsed, shown or executed.
"""

from __future__ import annotations

import dataclasses
import math
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat.v4 import new_notebook, new_output
from nbgrader.preprocessors import NbGraderPreprocessor, OverwriteCells
from nbgrader.utils import is_grade

from kit.course.evaluators import running_evaluator, stop_evaluator
from kit.course.notebook import cell_id
from kit.course.rendering import grade_outputs
from kit.course.slot import SECRET, TIMESTAMP, Slot
from kit.errors import GradingError, UsageError
from kit.grading.assignment import Assignment
from kit.grading.submission import Submission, read_submission

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kit.grading.record import Record

_SHOWN = 100_000  # characters of a file; a page of feedback stays a page


class SubmissionExporter(NotebookExporter):  # type: ignore[misc]
    """Starts from an empty notebook where nbgrader would read the student's: truncated, huge ..."""

    def from_filename(self, filename: str, resources: Any = None, **options: Any) -> Any:
        """Return the notebook that the preprocessors make, and what they say beside it."""
        path = Path(filename)
        if path.parent != Slot.of(self.parent, resources).submitted:
            return super().from_filename(filename, resources, **options)
        resources["metadata"] = {"name": path.stem, "path": str(path.parent)}
        return self.from_notebook_node(new_notebook(), resources, **options)


class Rebuild(OverwriteCells):  # type: ignore[misc]
    """Sanitizes: the released notebook, the student's files in it, and nothing else that came.

    Its base class then sets every locked cell and all points as the gradebook has them.
    """

    def preprocess(self, _notebook: Any, resources: Any) -> Any:
        """Return the notebook to grade; leave in autograded/ only what the assignment asks for."""
        slot = Slot.of(self.parent.parent, resources)
        slot.forget()
        if slot.submitted.is_symlink():
            raise UsageError(f"{slot.submitted} is a link; send in the files themselves")
        manifest = Assignment.load(slot.course, slot.assignment).manifest
        wanted = dataclasses.replace(manifest, files=(*manifest.files, *_papers(slot)))
        submission = read_submission(slot.submitted, wanted)
        _replace_files(slot.autograded, submission.files)
        return super().preprocess(_rebuilt(slot.released, submission), resources)


class Evaluate(NbGraderPreprocessor):  # type: ignore[misc]
    """Grades: asks the evaluator about what was submitted and writes its verdicts into the cells."""

    def preprocess(self, notebook: Any, resources: Any) -> Any:
        """Return the notebook with its verdicts, for SaveAutoGrades to read."""
        record = _evaluate(Slot.of(self.parent.parent, resources))
        results = {result.name: result for result in record.exercises}
        for cell in filter(is_grade, notebook.cells):
            name, points = cell.metadata.nbgrader.grade_id, float(cell.metadata.nbgrader.points)
            if name not in results or not math.isclose(results[name].max_score, points):
                raise GradingError(
                    f"the cell {name!r} gives {points:g} points and the hidden tests do not; "
                    f"run `kit build {record.assignment}` first"
                )
            cell.outputs = grade_outputs(results[name], points)
        resources["record"] = record
        return notebook, resources


def _evaluate(slot: Slot) -> Record:
    assignment = Assignment.load(slot.course, slot.assignment)
    submission = read_submission(slot.submitted, assignment.manifest, slot.student)
    try:
        record: Record = running_evaluator(assignment).evaluate(submission)
    except GradingError:
        stop_evaluator()  # whatever broke it must not reach the next student
        raise
    return record


def _papers(slot: Slot) -> list[str]:
    # A time that cannot be read would stop nbgrader's feedback, as it stops its autograding.
    return [SECRET, TIMESTAMP] if slot.timestamp() else [SECRET]


def _replace_files(folder: Path, files: Mapping[str, bytes]) -> None:
    # nbgrader has copied all that came, links followed, and would copy it on to the feedback.
    if folder.is_dir():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _rebuilt(released: Path, submission: Submission) -> Any:
    notebook = nbformat.read(released, as_version=4)
    sources = {cell_id(name): _shown(text) for name, text in submission.sources().items()}
    for name, problem in submission.problems.items():
        sources[cell_id(name)] = f"# {' '.join(problem.split())}"
    for cell in notebook.cells:
        if is_grade(cell):
            # Without an output nbgrader would give full marks; with this one it gives none.
            cell.outputs = [new_output("error", ename="NotEvaluated", evalue="", traceback=[])]
        elif (name := cell.metadata.get("nbgrader", {}).get("grade_id")) in sources:
            cell.source = sources[name]
    return notebook


def _shown(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}\n# ... the rest is not shown"
