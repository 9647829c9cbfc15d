"""Convert a class with nbgrader, one student at a time, whatever a student sent.

nbgrader's own loop leaves out who sent no notebook, lets one bad date stop the class, and tells
how it went in its log alone. The steps inside the loop stay nbgrader's.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbgrader.converters import BaseConverter, GenerateFeedback

from kit.errors import KitError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Progress = Callable[[int, int, str], None]  # how many are done, of how many, and who is at hand


class OneByOne(BaseConverter):  # type: ignore[misc]
    """Converts the students it is given and keeps, for each, what came out or why nothing did."""

    def convert(
        self, students: Sequence[str], on_progress: Progress | None = None
    ) -> list[tuple[str, Any]]:
        """Return each student with what `result` makes of the conversion, or with the failure."""
        self.students, self.on_progress = students, on_progress
        self.outcomes: list[tuple[str, Any]] = []
        self.start()
        return self.outcomes

    def init_notebooks(self) -> None:
        """Look for nothing: the students are known, and so is the notebook of an assignment."""

    def convert_notebooks(self) -> None:
        """Convert one student after the other; a failure is that student's alone."""
        for number, student in enumerate(self.students):
            if self.on_progress:
                self.on_progress(number, len(self.students), student)
            try:
                self.outcomes.append((student, self._convert(student)))
            except Exception as error:
                self.log.debug("%s", student, exc_info=True)
                self.discard(student)
                self.outcomes.append((student, _say(error)))
            except KeyboardInterrupt:
                self.discard(student)
                raise

    def init_single_notebook_resources(self, notebook_filename: str) -> dict[str, Any]:
        """Return what preprocessors need to know; a name may hold whatever a path may hold."""
        path = Path(notebook_filename)
        place = {"student": self.student, "assignment": self.coursedir.assignment_id}
        return {
            "unique_key": path.stem,
            "output_files_dir": f"{path.stem}_files",
            "nbgrader": {**place, "notebook": path.stem, "db_url": self.coursedir.db_url},
        }

    def result(self) -> Any:
        """Return what came out of the student at hand."""
        raise NotImplementedError

    def discard(self, student: str) -> None:
        """Remove what was written for a student, as nbgrader does after a failure."""
        folder = self._format_dest(self.coursedir.assignment_id, student)
        shutil.rmtree(folder, ignore_errors=True)

    def _convert(self, student: str) -> Any:
        self.student, assignment = student, self.coursedir.assignment_id
        self.notebooks = [
            str(Path(self._format_source(assignment, student), f"{assignment}.ipynb"))
        ]
        self.init_destination(assignment, student)
        self.init_assignment(assignment, student)
        self.convert_single_notebook(self.notebooks[0])
        self.set_permissions(assignment, student)
        return self.result()


class Feedback(GenerateFeedback, OneByOne):  # type: ignore[misc]
    """What `kit grade --feedback` runs: `nbgrader generate_feedback`, and a path for each student."""

    def result(self) -> Path:
        """Return the page that was written."""
        folder = self._format_dest(self.coursedir.assignment_id, self.student)
        return Path(folder, f"{self.coursedir.assignment_id}{self.exporter.file_extension}")


def _say(error: Exception) -> str:
    first_line = str(error).partition("\n")[0]
    return str(error) if isinstance(error, KitError) else f"{type(error).__name__}: {first_line}"
