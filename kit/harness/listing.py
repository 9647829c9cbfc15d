"""What lies in a folder or a zip file, and in the folders and zip files inside it.

Nothing is written to a disk and no link is followed. Depth, number and size are bounded, so that
an archive that unpacks to a huge one costs nobody anything.
"""

from __future__ import annotations

import errno
import io
import os
import stat
import struct
import zipfile
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING

from kit.harness.names import is_left_behind
from kit.harness.text import SIZE_LIMIT, RefusedError

if TYPE_CHECKING:
    import contextlib
    from collections.abc import Callable

LINK = "is a link; send in the file itself"
_DEEPEST = 4  # folders in one another that are looked into
_ARCHIVES = 2  # zip files in one another, below the submission itself
_ENTRIES = 5000
_ARCHIVE_LIMIT = 32 << 20  # bytes of the zip files inside, all together
_DIRECTORY_LIMIT = 16 << 20  # bytes of the list of a zip file's entries
_END = struct.Struct("<4s4H2LH")  # the record at the end of a zip file
# Windows has none of these but the last, and opens no pipe by a plain name.
_FLAGS = sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))


class UnreadableError(RefusedError):
    """Why a file cannot be read at all, which is never a reason for a score."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file that lies somewhere: its path, the folders above it, and how to read it."""

    path: PurePosixPath
    folders: int
    read: Callable[[], bytes]


@dataclass(slots=True)
class Listing:
    """All that was found; `obstacles` are the paths that could not be looked into, and why."""

    stack: contextlib.ExitStack
    entries: list[Entry] = field(default_factory=list)
    obstacles: list[tuple[PurePosixPath, str]] = field(default_factory=list)
    left: int = _ARCHIVE_LIMIT

    def add_folder(self, folder: Path, inside: PurePosixPath, folders: int = 0) -> None:
        """List a folder, whose own path is `inside`."""
        try:
            with os.scandir(folder) as found:
                there = sorted(found, key=lambda each: each.name)
        except OSError as error:
            self.obstacles.append((inside, f"cannot be read: {error.strerror}"))
            return
        for each in there:
            place = inside / each.name
            if is_left_behind(each.name):
                continue
            if each.is_symlink():
                self.obstacles.append((place, LINK))
            elif not each.is_dir(follow_symlinks=False):
                self._add(place, folders, 0, partial(read_file, Path(each.path)))
            elif folders < _DEEPEST:
                self.add_folder(Path(each.path), place, folders + 1)

    def add_archive_at(self, path: Path) -> None:
        """List a zip file on the disk."""
        try:
            self.add_archive(self.stack.enter_context(path.open("rb")), PurePosixPath())
        except OSError as error:
            self.obstacles.append((PurePosixPath(), f"cannot be read: {error.strerror}"))

    def add_archive(
        self, opened: IO[bytes], inside: PurePosixPath, folders: int = 0, level: int = 0
    ) -> None:
        """List an open zip file, whose own path is `inside`, in so many folders and archives."""
        try:
            _insist_on_a_short_list(opened)
            archive = self.stack.enter_context(zipfile.ZipFile(opened))
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            self.obstacles.append((inside, f"cannot be unpacked: {error}"))
            return
        for entry in archive.infolist():
            parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
            depth = len(parts) - 1
            if entry.filename.endswith(("/", "\\")) or not 0 <= depth <= _DEEPEST:
                continue
            if ".." in parts or any(map(is_left_behind, parts)):
                continue
            place = inside.joinpath(*(part for part in parts if part != "/"))
            if stat.S_ISLNK(entry.external_attr >> 16):
                self.obstacles.append((place, LINK))
            else:
                read = partial(_read_entry, archive, entry)
                self._add(place, max(folders, depth), level, read)

    def _add(
        self, place: PurePosixPath, folders: int, level: int, read: Callable[..., bytes]
    ) -> None:
        if len(self.entries) >= _ENTRIES:
            return
        if place.suffix.casefold() != ".zip" or level >= _ARCHIVES:
            self.entries.append(Entry(place, folders, read))
            return
        try:
            content = read(limit=self.left)
        except RefusedError as refused:
            self.obstacles.append((place, str(refused)))
            return
        if len(content) > self.left:
            self.obstacles.append((place, f"is larger than {_ARCHIVE_LIMIT >> 20} MiB"))
        else:
            self.left -= len(content)
            self.add_archive(io.BytesIO(content), place, folders, level + 1)


def read_file(path: Path, limit: int = SIZE_LIMIT) -> bytes:
    """Read one byte more than the limit of a file; a named pipe must not stop the reader."""
    try:
        if stat.S_ISLNK(os.lstat(path).st_mode):  # Windows does not know O_NOFOLLOW
            raise UnreadableError(LINK)
        descriptor = os.open(path, os.O_RDONLY | _FLAGS)
    except (FileNotFoundError, NotADirectoryError):
        raise RefusedError("was not handed in") from None
    except OSError as error:
        if error.errno == errno.ENXIO:  # a socket
            raise UnreadableError("is not a file") from None
        raise UnreadableError(f"cannot be read: {error.strerror}") from None
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        kind = RefusedError if stat.S_ISDIR(mode) else UnreadableError
        raise kind("is not a file")
    with os.fdopen(descriptor, "rb") as file:
        return file.read(limit + 1)


def _read_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int = SIZE_LIMIT) -> bytes:
    try:
        with archive.open(entry) as opened:
            return opened.read(limit + 1)
    except Exception as error:  # noqa: BLE001 - each way to compress has errors of its own
        raise UnreadableError(f"cannot be unpacked: {error}") from None


def _insist_on_a_short_list(opened: IO[bytes]) -> None:
    """Raise BadZipFile where the list of entries is huge: `zipfile` reads it whole."""
    size = opened.seek(0, os.SEEK_END)
    opened.seek(max(0, size - _END.size - 0xFFFF))
    tail = opened.read()
    start = tail.rfind(b"PK\5\6")
    if 0 <= start <= len(tail) - _END.size and _END.unpack_from(tail, start)[5] > _DIRECTORY_LIMIT:
        raise zipfile.BadZipFile("it holds too many entries")
