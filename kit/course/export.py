"""Export the gradebook as CSV: what `nbgrader export` does in a course of the kit.

The columns are those of nbgrader's own exporter, which quotes nothing: there a comma in a name
shifts what follows, and a name such as `=1+2` is a formula to a spreadsheet.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbgrader.plugins import CsvExportPlugin

from kit.grading.private import write_private

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS = (
    *("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email"),
    *("raw_score", "late_submission_penalty", "score", "max_score"),
)
_BEGIN_A_FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")  # the last ones are the wide forms


class CsvExport(CsvExportPlugin):  # type: ignore[misc]
    """Writes every text in quotes and no formula, as UTF-8, all of the file or nothing."""

    def export(self, gradebook: Any) -> None:
        """Write the marks of all assignments, or of those asked for, to a file."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([_shown(value) for value in row] for row in self._rows(gradebook))
        path = Path(self.to or "grades.csv").resolve()
        self.log.info("Exporting grades to %s", path)
        try:
            self._write(path, text.getvalue().encode(errors="backslashreplace"))
        except OSError as error:
            if self.parent is None:
                raise
            self.parent.fail("%s cannot be written: %s", path, error.strerror)

    def _write(self, path: Path, content: bytes) -> None:
        if path.exists() and not path.is_file():  # such as /dev/stdout, which nothing may replace
            path.write_bytes(content)
            return
        shared = bool(self.parent and self.parent.coursedir.groupshared)
        write_private(path, content, shared=shared)

    def _rows(self, gradebook: Any) -> Iterator[list[Any]]:
        """Yield a line for every student in every assignment, also where nothing was handed in."""
        wanted, chosen = set(map(str, self.assignment)), set(map(str, self.student))
        students = [it for it in gradebook.students if not chosen or it.id in chosen]
        for assignment in gradebook.assignments:
            if wanted and assignment.name not in wanted:
                continue
            came = {it.student_id: it for it in gradebook.assignment_submissions(assignment.name)}
            for student in students:
                yield _row(assignment, student, came.get(student.id))


def _shown(value: Any) -> Any:
    if value is None or isinstance(value, (int, float)):
        return "" if value is None else value
    text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(_BEGIN_A_FORMULA) else text


def _row(assignment: Any, student: Any, submission: Any) -> list[Any]:
    score = submission.score if submission else 0.0
    penalty = (submission.late_submission_penalty if submission else None) or 0.0
    about = [student.id, student.last_name, student.first_name, student.email]
    marks = [score, penalty, max(0.0, score - penalty), assignment.max_score]
    return [
        *(assignment.name, assignment.duedate, submission.timestamp if submission else None),
        *about,
        *marks,
    ]
