"""See who has handed in, and what. Nothing here needs nbgrader, which takes long to import."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kit.errors import UsageError
from kit.harness.submission import read_submission

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

    from kit.grading.assignment import Assignment
    from kit.harness.submission import Submission
    from kit.manifest import Manifest

_LONGEST = 128  # characters of a student's name: as many as the gradebook holds


@dataclass(frozen=True, slots=True)
class Submissions:
    """What a class has handed in, read anew whenever it is gone through: a class may be large."""

    manifest: Manifest
    folders: dict[str, Path] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.folders)

    def __iter__(self) -> Iterator[Submission]:
        for student, folder in self.folders.items():
            yield read_submission(folder, self.manifest, student)


@dataclass(frozen=True, slots=True)
class Intake:
    """A class that has handed in: what can be evaluated, and for whom nothing can, the cause."""

    students: list[str]
    submissions: Submissions
    refused: dict[str, str] = field(default_factory=dict)


def read_class(
    assignment: Assignment,
    submitted: Path,
    excluded: Collection[str],
    folder_of: Callable[[str], Path],
) -> Intake:
    """See what every student has handed in, in the order of their names."""
    students = _students(submitted, assignment.name, excluded)
    intake = Intake(students, Submissions(assignment.manifest))
    for student in students:
        folder = folder_of(student)
        if problem := unfit_name(student) or _unfit_folder(folder):
            intake.refused[student] = problem
        else:
            intake.submissions.folders[student] = folder
    return intake


def unfit_name(student: str) -> str | None:
    """Return why the gradebook cannot hold a student of that name; None where it can."""
    if len(student) > _LONGEST:
        return f"the name is longer than {_LONGEST} characters; rename the folder"
    if any("\ud800" <= letter <= "\udfff" for letter in student):  # bytes that are no character
        return "the name is not UTF-8; rename the folder"
    return None


def _students(submitted: Path, name: str, excluded: Collection[str]) -> list[str]:
    if not submitted.is_dir():
        raise UsageError(f"there is no folder {submitted}; collect submissions, or use --submitted")
    students = sorted(
        folder.name
        for folder in submitted.glob("[!.]*")
        if folder.name not in excluded and (folder / name).is_dir()
    )
    if not students:
        raise UsageError(
            f"{submitted} holds no submission of {name}; one looks like {submitted}/ada/{name}/"
        )
    return students


def _unfit_folder(folder: Path) -> str | None:
    return f"{folder} is a link; send in the files themselves" if folder.is_symlink() else None
