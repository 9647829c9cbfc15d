"""Make the notebook that is graded: the released one, with a student's files and verdicts in it.

Nothing of the notebook that a student sent is ever parsed, shown or executed. Both doors, `kit
grade` and `nbgrader autograde`, make it here.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import nbformat
from nbformat import NotebookNode, from_dict
from nbformat.v4.rwbase import split_lines
from nbgrader.preprocessors import NbGraderPreprocessor, OverwriteCells
from nbgrader.utils import compute_checksum, is_grade, is_solution

from kit.course.notebook import cell_id, is_check
from kit.course.rendering import grade_outputs, mark
from kit.errors import GradingError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from kit.course.sheet import Sheet
    from kit.grading.record import Record
    from kit.harness.submission import Submission

_SHOWN = 100_000  # characters of a file; a page of feedback stays a page
# Without an output nbgrader would give full marks; with this one it gives none.
_NOT_EVALUATED = {"output_type": "error", "ename": "NotEvaluated", "evalue": "", "traceback": []}


class Overwrite(OverwriteCells):  # type: ignore[misc]
    """nbgrader's own step that sets locked cells, points and checksums as the gradebook has them.

    It looks cells up one by one; here it is given a sheet that has them all.
    """

    def overwrite(self, notebook: Any, sheet: Sheet, resources: Any) -> Any:
        """Return the notebook with its cells as the sheet says."""
        self.gradebook, self.notebook_id, self.assignment_id = sheet, sheet.name, sheet.name
        return NbGraderPreprocessor.preprocess(self, notebook, resources)


def show_files(notebook: Any, submission: Submission, answers: Mapping[str, str]) -> Any:
    """Put a student's files and answers into the cells for them; no cell is evaluated yet."""
    sources = {**answers}
    sources |= {cell_id(name): _shown(text) for name, text in submission.sources().items()}
    for name, problem in submission.problems.items():
        sources[cell_id(name)] = f"# {' '.join(problem.split())}"
    for cell in notebook.cells:
        if is_grade(cell) and not is_solution(cell):
            if cell.cell_type == "code":
                cell.outputs = [from_dict(_NOT_EVALUATED)]
        elif (name := cell.metadata.get("nbgrader", {}).get("grade_id")) in sources:
            cell.source = sources[name]
    return notebook


def show_verdicts(notebook: Any, record: Record) -> None:
    """Put the report and the score of every exercise into its cell."""
    results = {result.name: result for result in record.exercises}
    graded = {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells if is_grade(cell)}
    cells = {name: cell for name, cell in graded.items() if is_check(name, cell.source)}
    worth = {name: float(cell.metadata.nbgrader.points) for name, cell in cells.items()}
    check_points(record, worth)
    for name, cell in cells.items():
        cell.outputs = grade_outputs(results[name], worth[name])


def marks(record: Record, worth: Mapping[str, float]) -> dict[str, float]:
    """Return the score for every grade cell, of which `worth` says what can be earned there."""
    check_points(record, worth)
    results = {result.name: result for result in record.exercises}
    return {name: mark(results[name], points) for name, points in worth.items()}


def unanswered(notebook: Any) -> dict[str, float]:
    """Return no points for each question of a teacher's that a student has left as it was.

    What is answered has no mark: a human gives it. That is how nbgrader does it.
    """
    questions = [cell for cell in notebook.cells if is_grade(cell) and is_solution(cell)]
    return {cell.metadata.nbgrader.grade_id: 0.0 for cell in questions if _is_untouched(cell)}


def comments(notebook: Any) -> dict[str, str | None]:
    """Return what nbgrader remarks on the cells of a student: that nothing was changed, or nothing."""
    return {
        cell.metadata.nbgrader.grade_id: "No response." if _is_untouched(cell) else None
        for cell in notebook.cells
        if is_solution(cell)
    }


def check_points(record: Record, worth: Mapping[str, float]) -> None:
    """Raise GradingError where a cell is not worth what the hidden tests of its exercise are."""
    most = {result.name: result.max_score for result in record.exercises}
    for name in sorted(most.keys() | worth.keys()):
        tests, cell = most.get(name), worth.get(name)
        if tests is None or cell is None or not math.isclose(tests, cell):
            raise GradingError(
                f"the hidden tests of {name!r} give {_points(tests)} and the gradebook "
                f"{_points(cell)}; no mark has changed: run `kit build {record.assignment}` first"
            )


def _points(number: float | None) -> str:
    return "nothing" if number is None else f"{number:g} points"


def to_json(notebook: Any) -> str:
    """Return what nbformat writes, for a notebook that needs no check and no deep copy."""
    cells = [NotebookNode(cell) for cell in notebook.cells]
    lines = split_lines(NotebookNode({**notebook, "cells": cells}))
    text = json.dumps(lines, ensure_ascii=False, indent=1, separators=(",", ": "), sort_keys=True)
    return f"{text}\n"


def read_released(path: Path) -> Any:
    """Return the notebook as students received it."""
    return nbformat.read(path, as_version=4)


def _is_untouched(cell: Any) -> bool:
    return bool(cell.metadata.nbgrader.checksum == compute_checksum(cell))


def _shown(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}\n# ... the rest is not shown"
