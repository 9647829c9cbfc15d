"""See who has handed in, and what. Nothing here needs nbgrader, which takes long to import."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING
from unicodedata import normalize

from kit.course.skipped import ELSEWHERE, why_skipped
from kit.errors import UsageError
from kit.harness.submission import read_submission

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

    from kit.grading.assignment import Assignment
    from kit.harness.submission import Submission
    from kit.manifest import Manifest

_LONGEST = 128  # characters of a student's name: as many as the gradebook holds


class Refusal(str):
    """Why a submission is not graded, by its own fault: an earlier mark is withdrawn."""

    __slots__ = ()


def refusal(cause: str) -> str:
    """Return the cause as a Refusal; as it is where the folder cannot be read, which may be ours."""
    return cause if "cannot be read:" in cause else Refusal(cause)


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
    """A class that has handed in: what can be evaluated, and for whom nothing can, the cause.

    `skipped` is what lies beside, and why it is not taken for a submission.
    """

    students: list[str]
    submissions: Submissions
    refused: dict[str, str] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)


def read_class(
    assignment: Assignment,
    submitted: Path,
    excluded: Collection[str],
    folder_of: Callable[[str], Path],
) -> Intake:
    """See what every student has handed in, in the order of their names."""
    if not submitted.is_dir():
        raise UsageError(f"there is no folder {submitted}; collect submissions, or use --submitted")
    there = sorted(submitted.glob("[!.]*"))
    folders = [path for path in there if not _is_excluded(path.name, excluded)]
    causes = {path.name: why_skipped(path, assignment) for path in folders}
    students = [name for name, cause in causes.items() if not cause]
    skipped = {name: cause for name, cause in causes.items() if cause and cause != ELSEWHERE}
    if not students:
        raise UsageError(_nothing(submitted, assignment.name, skipped))
    intake = Intake(students, Submissions(assignment.manifest), {}, skipped)
    for student in students:
        folder = folder_of(student)
        if problem := unfit_name(student) or unfit_folder(folder):
            intake.refused[student] = problem
        else:
            intake.submissions.folders[student] = folder
    return intake


def some_of(intake: Intake, students: Collection[str]) -> Intake:
    """Return what these students have handed in; raise UsageError for one that has nothing."""
    for student in students:
        if student not in intake.students:
            near = get_close_matches(student, intake.students, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise UsageError(f"no submission is of {student!r}{hint}")
    submissions = Submissions(
        intake.submissions.manifest,
        {who: path for who, path in intake.submissions.folders.items() if who in students},
    )
    refused = {who: cause for who, cause in intake.refused.items() if who in students}
    return Intake([who for who in intake.students if who in students], submissions, refused)


def unfit_name(student: str) -> str | None:
    """Return why the gradebook cannot hold a student of that name; None where it can."""
    if len(student) > _LONGEST:
        return f"the name is longer than {_LONGEST} characters; rename the folder"
    if any("\ud800" <= letter <= "\udfff" for letter in student):  # bytes that are no character
        return "the name is not UTF-8; rename the folder"
    return None


def unfit_folder(folder: Path) -> str | None:
    """Return why nothing can be read at a student's folder; None where it can be."""
    try:
        for path in (folder.parent, folder):
            if path.is_symlink():
                return f"{path} is a link; send in the files themselves"
        if folder.is_dir():
            return None
    except PermissionError as error:
        return f"{folder.parent} cannot be read: {error.strerror}"
    return f"{folder} is not there"


def _is_excluded(name: str, excluded: Collection[str]) -> bool:
    return normalize("NFC", name) in {normalize("NFC", each) for each in excluded}


def _nothing(submitted: Path, name: str, skipped: dict[str, str]) -> str:
    example = f"{submitted} holds no submission of {name}; one looks like {submitted}/ada/{name}/"
    return "\n".join([example, *(f"  {path}: {cause}" for path, cause in skipped.items())])
