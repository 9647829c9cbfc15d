"""Delete what a course keeps of a student: all of it, and nothing outside the course."""

from __future__ import annotations

import difflib
import glob
import shutil
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbgrader.api import Gradebook, Student
from sqlalchemy import select

from kit.course.application import open_course
from kit.course.gradebook import file_of, reading, writing
from kit.errors import KitError, UsageError
from kit.grading.ledger import Ledger
from kit.grading.store import FOLDER, Store
from kit.harness.submission import read_submission
from kit.manifest import MANIFEST, read_manifest

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Traces:
    """Where a student is found: `elsewhere` is for a human, the rest is for `delete`."""

    student: str
    course_id: str
    records: tuple[Path, ...]
    shared_records: int
    ledger: tuple[Path, ...]
    folders: tuple[Path, ...]
    gradebooks: tuple[str, ...]  # addresses: of the gradebook, and of the backups beside it
    elsewhere: tuple[str, ...]


def find_traces(course: Path, student: str) -> Traces:
    """Return where a student is found; raise UsageError where nobody has that name.

    A name is looked up among those that are there and never made into a path.
    """
    coursedir = open_course(course, "").coursedir
    ledger = Ledger(course / FOLDER)
    everybody = list(_folders(coursedir))
    gradebooks, unread = _gradebooks(coursedir)
    names = {path.name for path in everybody}
    _insist_on_one(student, names.union(ledger.students(), *gradebooks.values()))
    folders = [path for path in everybody if path.name == student]
    inside = [path for path in folders if _is_inside(course, path.parent)]
    records, shared = _records(course, ledger, student, inside)
    outside = [str(path) for path in folders if path not in inside]
    return Traces(
        student=student,
        course_id=coursedir.course_id,
        records=tuple(records),
        shared_records=shared,
        ledger=tuple(path for path in [ledger.file_of(student)] if path.exists()),
        folders=tuple(inside),
        gradebooks=tuple(url for url, students in gradebooks.items() if student in students),
        elsewhere=(*outside, *unread, *_left_behind(coursedir)),
    )


def delete(traces: Traces) -> None:
    """Delete what was found; what fails half-way can be run again and goes on."""
    for url in traces.gradebooks:
        with writing(url, lambda: None):  # one that is in use is told before anything goes
            pass
    for path in traces.records:
        path.unlink(missing_ok=True)
    for path in traces.folders:
        if path.is_symlink():
            path.unlink()
        else:
            shutil.rmtree(path)
    for url in traces.gradebooks:
        _remove_rows(url, traces)
    for path in traces.ledger:  # the last one, for it leads to the Records
        path.unlink()


def _insist_on_one(student: str, known: set[str]) -> None:
    if student not in known:
        near = difflib.get_close_matches(student, known, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise UsageError(f"this course knows no student {student!r}{hint}")


def _folders(coursedir: Any) -> Iterator[Path]:
    """Yield the folders of all students; a link among them is a folder, too."""
    steps = ("submitted_directory", "autograded_directory", "feedback_directory")
    for step in steps:
        for path in sorted(Path(coursedir.root, getattr(coursedir, step)).glob("[!.]*")):
            if path.is_symlink() or path.is_dir():
                yield path


def _left_behind(coursedir: Any) -> list[str]:
    """Return what a killed run has left of anybody's files, without their names."""
    return [
        str(path) for path in Path(coursedir.root, coursedir.autograded_directory).glob(".kit-*")
    ]


def _is_inside(course: Path, path: Path) -> bool:
    return path.resolve().is_relative_to(course.resolve())


def _records(
    course: Path, ledger: Ledger, student: str, folders: list[Path]
) -> tuple[list[Path], int]:
    """Return the Records of this student alone, and how many are another student's, too.

    A run that was killed, or a dry run, stores Records that the ledger does not know: what lies in
    the folders counts as well.
    """
    mine = {entry.submission for entry in ledger.entries(student)}
    mine.update(hashed for folder in folders for hashed in _hashes(course, folder))
    others = (name for name in ledger.students() if name != student)
    shared = mine & {entry.submission for name in others for entry in ledger.entries(name)}
    store = Store(course / FOLDER)
    return store.files_about(mine - shared), len(store.files_about(shared))


def _hashes(course: Path, folder: Path) -> Iterator[str]:
    for path in [] if folder.is_symlink() else sorted(folder.iterdir()):
        solution = course / "solutions" / path.name
        if path.is_dir() and (solution / MANIFEST).is_file():
            with suppress(KitError):  # a broken manifest keeps nobody's data here
                yield read_submission(path, read_manifest(solution), folder.name).sha256


def _gradebooks(coursedir: Any) -> tuple[dict[str, set[str]], list[str]]:
    """Return the gradebook and its backups, each with its students, and what cannot be read."""
    students = {coursedir.db_url: _students_in(coursedir.db_url)}
    unread = []
    for path in _backups(coursedir):
        try:
            students[f"sqlite:///{path}"] = _students_in(f"sqlite:///{path}")
        except KitError:
            unread.append(str(path))
    return students, unread


def _backups(coursedir: Any) -> list[Path]:
    """Return the backups, nbgrader's own and those that a killed run left unfinished included."""
    gradebook = file_of(coursedir.db_url) or Path(coursedir.root, "gradebook.db")
    name = glob.escape(gradebook.name)
    return sorted([*gradebook.parent.glob(f"{name}.*"), *gradebook.parent.glob(f".{name}.*")])


def _students_in(url: str) -> set[str]:
    with reading(url) as session:
        return set(session.scalars(select(Student.id))) if session else set()


def _remove_rows(url: str, traces: Traces) -> None:
    with Gradebook(url, traces.course_id) as gradebook:
        gradebook.remove_student(traces.student)
    if path := file_of(url):
        with closing(sqlite3.connect(path)) as database:
            database.execute("VACUUM")  # SQLite keeps the bytes of a deleted row otherwise
