"""Read what a student handed in: the manifest's files, and nothing else that lies beside them.

A file that is missing, too large or not text becomes a problem of the submission, never an
exception: it costs the exercises that need it. Nothing is executed here.

The exact name at the top wins. A file that is missing there may lie in a folder or a zip file, or
have a name that a browser gave it; it is taken where there is exactly one such file.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import posixpath
import zipfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from kit.errors import UsageError
from kit.harness.listing import Entry, Listing, UnreadableError, read_file
from kit.harness.names import nearest, stands_for
from kit.harness.text import RefusedError, checked_text, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kit.manifest import Manifest

_DEEPEST = 2  # folders that a file may lie in
_SHOWN = 6
_LETTERS = 80


@dataclass(frozen=True, slots=True)
class Submission:
    """A student's files by name, and what is wrong with those that could not be taken.

    `found` says from which path a file was taken where that is not its plain name, `others` what
    lies there where no file was found. With an `obstacle`, something could not be read at all: such
    a submission is not graded.
    """

    name: str
    files: Mapping[str, bytes]
    problems: Mapping[str, str] = field(default_factory=dict)
    found: Mapping[str, str] = field(default_factory=dict, compare=False)
    obstacle: str = field(default="", compare=False)
    others: Sequence[str] = field(default=(), compare=False)

    @property
    def sha256(self) -> str:
        """A hash of the contents; the student's name is no part of it."""
        total = hashlib.sha256()
        for name, content in sorted(self.files.items()):
            total.update(f"{name} {hashlib.sha256(content).hexdigest()}\n".encode())
        for name, problem in sorted(self.problems.items()):
            total.update(f"{name} {problem}\n".encode(errors="surrogateescape"))
        return total.hexdigest()

    @property
    def about(self) -> dict[str, str]:
        """What a Record says of it: its name, the hash, and which files were found elsewhere."""
        found = "; ".join(f"{file} is {path}" for file, path in self.found.items())
        return {"name": self.name, "sha256": self.sha256} | ({"found": found} if found else {})

    @property
    def is_misplaced(self) -> bool:
        """Whether no file was found at all, and others lie there."""
        return bool(self.others)

    def sources(self) -> dict[str, str]:
        """Return the text of every file, in the encoding that it declares (PEP 263)."""
        return {name: text_of(content) for name, content in self.files.items()}


def read_submission(path: Path, manifest: Manifest, name: str | None = None) -> Submission:
    """Read a folder or a zip file; raise UsageError where the path is neither.

    A zip file that is damaged is a submission that cannot be graded, for others are to be.
    """
    name = name or (path.stem if path.suffix.casefold() == ".zip" else path.resolve().name)
    if path.is_dir():
        plain = [_Reading(file, path / file) for file in manifest.files]
        if all(each.is_there or not _is_looked_for(each.file) for each in plain):
            return _submission(name, plain)
    elif not path.is_file():
        raise UsageError(f"there is no folder or zip file at {path}")
    elif path.suffix.casefold() != ".zip" and not zipfile.is_zipfile(path):
        raise UsageError(f"{path} is neither a folder nor a zip file")
    with contextlib.ExitStack() as stack:
        return _submission(name, *_looked_for(path, manifest, stack))


def _is_looked_for(file: str) -> bool:
    """Whether a file may lie elsewhere: of others than programs only the plain place counts."""
    return file.endswith(".py")


class _Reading:
    """What came of one file of the manifest."""

    def __init__(self, file: str, path: Path | None = None) -> None:
        self.file, self.found = file, ""
        self.content: bytes | None = None
        self.problem, self.is_there, self.is_unreadable = f"{file} was not handed in", False, False
        if path is not None and os.path.lexists(path) and not path.is_dir():
            self.take(Entry(PurePosixPath(file), 0, lambda: read_file(path)))

    def take(self, entry: Entry) -> None:
        """Read it from there."""
        self.is_there = True
        self.found = "" if str(entry.path) == self.file else shown(entry.path)
        place = self.found or self.file
        try:
            self.content = checked_text(entry.read())
        except RefusedError as refused:
            self.problem = f"{place} {refused}"
            self.is_unreadable = isinstance(refused, UnreadableError)

    def refuse(self, problem: str, *, is_unreadable: bool = False) -> None:
        """Say why it cannot be taken."""
        self.problem, self.is_unreadable = problem, is_unreadable


def _submission(name: str, readings: Sequence[_Reading], others: Sequence[str] = ()) -> Submission:
    return Submission(
        name,
        {each.file: each.content for each in readings if each.content is not None},
        {each.file: each.problem for each in readings if each.content is None},
        {each.file: each.found for each in readings if each.found},
        next((each.problem for each in readings if each.is_unreadable), ""),
        others,
    )


def _looked_for(
    path: Path, manifest: Manifest, stack: contextlib.ExitStack
) -> tuple[list[_Reading], list[str]]:
    """Look for every file of the manifest in all that lies there."""
    listing = Listing(stack)
    if path.is_dir():
        listing.add_folder(path, PurePosixPath())
    else:
        listing.add_archive_at(path)
    matching = {file: _matching(file, listing) for file in manifest.files}
    top = _top([entry.path for entries in matching.values() for entry in entries])
    meant = {id(entry) for entries in matching.values() for entry in entries}
    others = [entry.path.name for entry in listing.entries if id(entry) not in meant]
    readings = [_Reading(file) for file in manifest.files]
    for reading in readings:
        _choose(reading, matching[reading.file], top, listing, path, others)
    is_lost = not any(each.is_there for each in readings)
    return readings, [shown(each.path) for each in listing.entries[:_SHOWN] if is_lost]


def _matching(file: str, listing: Listing) -> list[Entry]:
    if not _is_looked_for(file):
        return [each for each in listing.entries if str(each.path) == file]
    return [each for each in listing.entries if stands_for(each.path.name, file)]


def _top(paths: Sequence[PurePosixPath]) -> PurePosixPath:
    """Return the folder that holds all files that may be meant."""
    if not paths:
        return PurePosixPath()
    return PurePosixPath(posixpath.commonpath([str(path.parent) for path in paths]))


def _choose(
    reading: _Reading,
    matching: list[Entry],
    top: PurePosixPath,
    listing: Listing,
    path: Path,
    others: list[str],
) -> None:
    file = reading.file
    for place, why in listing.obstacles:
        if str(place) == file:
            reading.refuse(f"{file} {why}", is_unreadable=True)
            return
    near = [each for each in matching if each.folders <= _DEEPEST]
    exact = [each for each in near if each.path == top / file]
    chosen = _different(exact or near)
    if len(chosen) == 1:
        reading.take(chosen[0])
    elif chosen:
        paths = " and ".join(shown(each.path) for each in chosen[:_SHOWN])
        reading.refuse(f"{file} is there {len(chosen)} times ({paths}); keep one, as {file}")
    elif not _is_looked_for(file):
        return
    elif obstacle := _obstacle(file, listing, path):
        reading.refuse(obstacle, is_unreadable=True)
    elif (path / file).is_dir():
        reading.refuse(f"{file} is a folder, not a file")
    elif matching:
        deep = shown(matching[0].path)
        reading.refuse(f"{file} was not handed in; {deep} lies too deep: put it at the top")
    elif other := nearest(file, others):
        reading.refuse(f"{file} was not handed in; if it is {shown(other)}, rename it")


def _different(entries: Sequence[Entry]) -> list[Entry]:
    """Return one entry of each content, the first of the shortest path: copies are no choice."""
    if len(entries) < 2:
        return list(entries)
    ordered = sorted(entries[: 4 * _SHOWN], key=lambda each: (len(each.path.parts), each.path))
    contents: dict[object, Entry] = {}
    for entry in ordered:
        try:
            contents.setdefault(entry.read(), entry)
        except RefusedError:
            contents[entry] = entry
    return list(contents.values())


def _obstacle(file: str, listing: Listing, path: Path) -> str:
    """Return what could not be looked into and may hold the file, "" where nothing."""
    for place, why in listing.obstacles:
        is_container = place.suffix.casefold() in {"", ".zip"}
        if is_container or stands_for(place.name, file):
            return f"{shown(place) if place.name else shown(path.name)} {why}"
    return ""


def shown(path: object) -> str:
    """Return a path for a message: clipped, and without what could move a cursor."""
    text = str(path)[:_LETTERS]
    return "".join(letter if letter.isprintable() else "?" for letter in text)
