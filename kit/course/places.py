"""The places that a run writes to, tried before the long work and left as they were."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kit.course.gradebook import file_of
from kit.errors import UsageError
from kit.grading.lock import locked
from kit.grading.store import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROOM = 1 << 20  # bytes: what a small class takes at least


def insist_on_places(coursedir: Any) -> None:
    """Raise UsageError for the first place that cannot be used."""
    for problem in unusable_places(coursedir):
        raise UsageError(problem)


def unusable_places(coursedir: Any) -> Iterator[str]:
    """Say of each place that cannot be used what is wrong, and what to do."""
    root = Path(coursedir.root)
    records, gradebook = root / FOLDER, file_of(coursedir.db_url)
    if records.is_symlink():
        yield f"{records} is a link, and Records are kept in a folder of the course; move it away"
        return
    folders = [root, records]
    folders += [root / coursedir.autograded_directory, root / coursedir.feedback_directory]
    if gradebook:
        folders.append(gradebook.parent)
        if problem := _unwritable_file(gradebook):
            yield problem
    yield from dict.fromkeys(filter(None, map(_unusable_folder, folders)))


def _unusable_folder(folder: Path) -> str:
    there = folder
    while not os.path.lexists(there):
        there = there.parent
    if not there.is_dir():
        return f"{there} is no folder; move it away, for kit grade writes there"
    return _try(there) or _of_another(folder)


def _try(folder: Path) -> str:
    """Write a file and lock it, as a run does; the file is deleted again."""
    try:
        with tempfile.TemporaryDirectory(prefix=".trial-", dir=folder) as trial:
            file = Path(trial, "file")
            file.write_bytes(bytes(_ROOM))
            return _try_lock(file, folder)
    except OSError as error:
        return (
            f"{folder} cannot be written to ({error.strerror}); give yourself the right to write "
            "there, and room on the disk, or move the course"
        )


def _try_lock(file: Path, folder: Path) -> str:
    try:
        with locked(file):
            return ""
    except OSError as error:
        return (
            f"no file can be locked in {folder} (flock: {error.strerror}), as on some network "
            "drives; move the course to a local disk, or mount the drive with locks"
        )


def _of_another(folder: Path) -> str:
    """Find a folder in it, such as a student's of an earlier run, that is not ours to change."""
    for each in sorted(folder.glob("[!.]*/")) if folder.is_dir() else ():
        if not os.access(each, os.W_OK | os.X_OK):
            return f"{each} cannot be written to; it is another user's: chown or chmod it"
    return ""


def _unwritable_file(path: Path) -> str:
    if not path.is_file():  # what is there instead is said when it is opened
        return ""
    try:
        with path.open("r+b"):
            return ""
    except OSError as error:
        return (
            f"the gradebook {path} cannot be written to ({error.strerror}); give yourself the "
            "right to write it"
        )
