"""The kit's steps of `nbgrader generate_assignment`: take solutions out, then look again.

nbgrader copies every file next to the notebook as it is, solutions included, before it runs the
steps. So these steps read the release folder: what lies there is what students would get.
An exception makes nbgrader delete that folder and fail.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import ClearSolutions as NbgradersClearSolutions
from nbgrader.preprocessors import NbGraderPreprocessor

from kit.course.gradebook import keep_private
from kit.course.inspection import findings
from kit.course.notebook import PLACEHOLDER
from kit.course.reference import reference_first
from kit.course.stripping import strip
from kit.errors import UsageError
from kit.grading.assignment import Assignment, is_assignment
from kit.grading.pool import evaluate_reference
from kit.grading.store import FOLDER, Store
from kit.manifest import MANIFEST, without_void

if TYPE_CHECKING:
    from nbformat import NotebookNode

_SHOWN = 5


class ReleaseExporter(NotebookExporter):  # type: ignore[misc]
    """Has the reference graded first: nbgrader makes it before it touches the old release."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        if isinstance(self.parent, GenerateAssignment):
            reference_first(self.parent, lambda: _prove(self.parent.coursedir))


def _prove(coursedir: Any) -> None:
    assignment = Assignment.load(Path(coursedir.root), coursedir.assignment_id)
    evaluate_reference(assignment, Store(assignment.course / FOLDER))


class _Step(NbGraderPreprocessor):  # type: ignore[misc]
    """A step that knows the course it runs in."""

    def course(self) -> Any:
        """Return nbgrader's CourseDirectory: a step belongs to an exporter, that to a converter."""
        return self.parent.parent.coursedir

    def is_ours(self, assignment: str) -> bool:
        """Say whether the kit looks after an assignment; any other one is nbgrader's alone."""
        return is_assignment(Path(self.course().root), assignment)

    def copies(self, assignment: str) -> dict[str, Path]:
        """Map the relative names of what nbgrader has copied to where it is."""
        course = self.course()
        folder = Path(course.format_path(course.release_directory, ".", assignment))
        paths = [path for path in sorted(folder.rglob("*")) if not path.is_dir()]
        return {path.relative_to(folder).as_posix(): path for path in paths}


class StripSolutions(_Step):
    """Write the stripped form of every .py file over the copy that nbgrader has made.

    The manifest loses [[void]], which names hidden tests.
    """

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Fill `outputs`, which nbconvert writes into the release folder."""
        assignment = resources["nbgrader"]["assignment"]
        outputs = resources.setdefault("outputs", {})
        for name, path in self.copies(assignment).items() if self.is_ours(assignment) else ():
            if name == MANIFEST:
                outputs[name] = without_void(path.read_text(encoding="utf-8")).encode()
            if path.suffix == ".py":
                origin = f"{self.course().source_directory}/{assignment}/{name}"
                outputs[name] = strip(path.read_text(encoding="utf-8"), origin).encode()
        return nb, resources


class ClearSolutions(NbgradersClearSolutions):  # type: ignore[misc]
    """nbgrader's own step, which leaves what the kit has written into the cell of a file."""

    def preprocess_cell(self, cell: Any, resources: Any, cell_index: int) -> Any:
        """Return the cell as students get it."""
        if cell.source == PLACEHOLDER:
            return cell, resources
        return super().preprocess_cell(cell, resources, cell_index)


class AssertNoLeak(_Step):
    """Refuse a release that gives anything away; the last step, so that it sees the result."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Put together what students would get, and raise UsageError for what must not go out."""
        name, notebook = (resources["nbgrader"][key] for key in ("assignment", "notebook"))
        keep_private(self.course())  # nbgrader has made it, if it is new
        if not self.is_ours(name):
            return nb, resources
        release = {file: path.read_bytes() for file, path in self.copies(name).items()}
        release |= resources.get("outputs", {})
        release[f"{notebook}.ipynb"] = _readable(nb).encode()
        if found := findings(release, Assignment.load(Path(self.course().root), name)):
            more = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
            raise UsageError(f"{name} is not released: {'; '.join(found[:_SHOWN])}{more}")
        return nb, resources


def _readable(nb: NotebookNode) -> str:
    """Give all of a notebook, and its cells a second time without the escapes of JSON."""
    return "\n".join([nbformat.writes(nb), *(cell.source for cell in nb.cells)])
