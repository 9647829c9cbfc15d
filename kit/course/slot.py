"""Know which submission nbgrader is at, and where its folders are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kit.course.dates import date_in
from kit.grading.assignment import is_assignment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

# nbgrader releases feedback by it, and by the timestamp.
SECRET = "submission_secret.txt"  # noqa: S105 - the name of a file


@dataclass(frozen=True, slots=True)
class Slot:
    """One submission in the course, as the converter (`nbgrader autograde`) sees it."""

    converter: Any
    assignment: str
    student: str
    notebook: str

    @classmethod
    def of(cls, converter: Any, resources: Mapping[str, Any]) -> Slot:
        """Read from the resources that nbgrader hands to every preprocessor."""
        place = resources["nbgrader"]
        return cls(converter, place["assignment"], place["student"], place["notebook"])

    @property
    def course(self) -> Path:
        """The folder of the course."""
        return Path(self.converter.coursedir.root)

    @property
    def is_ours(self) -> bool:
        """Whether the kit grades this assignment; any other one is nbgrader's alone."""
        return is_assignment(self.course, self.assignment)

    @property
    def submitted(self) -> Path:
        """What the student sent: never trusted, never changed."""
        return self._folder(self.converter.coursedir.submitted_directory, self.student)

    @property
    def autograded(self) -> Path:
        """What formgrader shows, and what is copied on to the feedback."""
        return self._folder(self.converter.coursedir.autograded_directory, self.student)

    @property
    def released(self) -> Path:
        """The notebook as students received it."""
        folder = self._folder(self.converter.coursedir.release_directory, ".")
        return folder / f"{self.notebook}.ipynb"

    def timestamp(self) -> datetime | None:
        """Return when it was submitted, as far as `timestamp.txt` says so."""
        return date_in(self.submitted)

    def _folder(self, step: str, student: str) -> Path:
        return Path(self.converter.coursedir.format_path(step, student, self.assignment))
