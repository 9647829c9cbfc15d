"""Read what a student handed in: the manifest's files, and nothing else that lies beside them.

A file that is missing, a link, a folder, too large or no text becomes a problem of the
submission, never an exception: it costs the exercises that need it. Nothing is executed here.
"""

from __future__ import annotations

import codecs
import hashlib
import io
import os
import stat
import tokenize
import zipfile
from dataclasses import dataclass, field
from importlib.util import decode_source
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from kit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kit.manifest import Manifest

SIZE_LIMIT = 1 << 18
ENCODINGS = {"utf-8", "utf-8-sig", "ascii", "iso8859-1", "iso8859-15", "cp1252"}


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
        return {name: decode_source(content) for name, content in self.files.items()}


class _Refused(Exception):  # noqa: N818 - it never leaves this file
    """Why one file cannot be taken."""


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
            files[file] = _as_text(read(file))
        except _Refused as refused:
            problems[file] = f"{file} {refused}"
    return Submission(name, files, problems)


def _as_text(content: bytes) -> bytes:
    if len(content) > SIZE_LIMIT:
        raise _Refused(f"is larger than {SIZE_LIMIT >> 10} KiB")
    if b"\0" in content:
        raise _Refused("is not text: it holds a NUL byte")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        if codecs.lookup(encoding).name not in ENCODINGS:  # some take seconds to decode
            raise _Refused(f"declares the encoding {encoding[:40]!r}; save it as UTF-8")
        decode_source(content)
    except UnicodeDecodeError as error:
        raise _Refused(f"is not UTF-8 text: byte {error.start} is no character") from None
    except (SyntaxError, LookupError, UnicodeError) as error:  # a codec that is none of text
        raise _Refused(f"is not text that Python can read: {error}") from None
    return content


def _from_folder(path: Path) -> bytes:
    """Read a regular file without following a link; a named pipe must not stop the grader."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        raise _Refused("was not handed in") from None
    except OSError as error:
        raise _Refused(f"cannot be read: {error.strerror}") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise _Refused("is not a file")
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
        raise _Refused("was not handed in")
    if len(found) > 1:
        raise _Refused(f"is there {len(found)} times")
    if stat.S_ISLNK(found[0].external_attr >> 16):
        raise _Refused("is a link")
    try:
        with archive.open(found[0]) as opened:
            return opened.read(SIZE_LIMIT + 1)
    except Exception as error:  # noqa: BLE001 - each way to compress has errors of its own
        raise _Refused(f"cannot be unpacked: {error}") from None
