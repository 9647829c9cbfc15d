"""Read what a student handed in: the manifest's files, and nothing else that lies beside them.

A file that is missing, a link, a folder, too large or no text becomes a problem of the
submission, never an exception: it costs the exercises that need it. Nothing is executed here.
"""

from __future__ import annotations

import hashlib
import os
import stat
import zipfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from kit.errors import UsageError
from kit.harness.text import SIZE_LIMIT, RefusedError, checked_text, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kit.manifest import Manifest

# Windows has none of these, and opens neither a pipe nor a link by a plain name.
_FLAGS = sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))


@dataclass(frozen=True, slots=True)
class Submission:
    """A student's files by name, and what is wrong with those that could not be taken."""

    name: str
    files: Mapping[str, bytes]
    problems: Mapping[str, str] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """A hash of the contents; the student's name is no part of it."""
        total = hashlib.sha256()
        for name, content in sorted(self.files.items()):
            total.update(f"{name} {hashlib.sha256(content).hexdigest()}\n".encode())
        for name, problem in sorted(self.problems.items()):
            total.update(f"{name} {problem}\n".encode())
        return total.hexdigest()

    def sources(self) -> dict[str, str]:
        """Return the text of every file, in the encoding that it declares (PEP 263)."""
        return {name: text_of(content) for name, content in self.files.items()}


def read_submission(path: Path, manifest: Manifest, name: str | None = None) -> Submission:
    """Read a folder or a zip file; raise UsageError where the path is neither."""
    name = name or (path.stem if path.suffix == ".zip" else path.resolve().name)
    if path.is_dir():
        return _read(name, manifest, lambda file: _from_folder(path / file))
    if not path.is_file():
        raise UsageError(f"there is no folder or zip file at {path}")
    try:
        with zipfile.ZipFile(path) as archive:
            return _read(name, manifest, lambda file: _from_zip(archive, file))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UsageError(f"{path} is neither a folder nor a zip file: {error}") from None


def _read(name: str, manifest: Manifest, read: Callable[[str], bytes]) -> Submission:
    files: dict[str, bytes] = {}
    problems: dict[str, str] = {}
    for file in manifest.files:
        try:
            files[file] = checked_text(read(file))
        except RefusedError as refused:
            problems[file] = f"{file} {refused}"
    return Submission(name, files, problems)


def _from_folder(path: Path) -> bytes:
    """Read a regular file without following a link; a named pipe must not stop the grader."""
    try:
        descriptor = os.open(path, os.O_RDONLY | _FLAGS)
    except FileNotFoundError:
        raise RefusedError("was not handed in") from None
    except OSError as error:
        raise RefusedError(f"cannot be read: {error.strerror}") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise RefusedError("is not a file")
    with os.fdopen(descriptor, "rb") as file:
        return file.read(SIZE_LIMIT + 1)


def _from_zip(archive: zipfile.ZipFile, file: str) -> bytes:
    """Read a file at the top of an archive, or in the one folder that holds everything."""
    found = [
        entry
        for entry in archive.infolist()
        if not entry.is_dir()
        and not entry.filename.startswith("__MACOSX/")
        and PurePosixPath(entry.filename).name == file
        and len(PurePosixPath(entry.filename).parts) <= 2
    ]
    if not found:
        raise RefusedError("was not handed in")
    if len(found) > 1:
        raise RefusedError(f"is there {len(found)} times")
    if stat.S_ISLNK(found[0].external_attr >> 16):
        raise RefusedError("is a link")
    try:
        with archive.open(found[0]) as opened:
            return opened.read(SIZE_LIMIT + 1)
    except Exception as error:  # noqa: BLE001 - each way to compress has errors of its own
        raise RefusedError(f"cannot be unpacked: {error}") from None
