"""Keep Records by content, so that an unchanged submission is never run again.

A Record is found by what decided it: the submission, the suite, the versions and the sandbox
level. The student's name is in none of it; who had which Record is told by the ledger alone.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from kit.errors import UsageError
from kit.grading.private import private_folder, write_private
from kit.grading.record import Record
from kit.grading.versions import VERSIONS
from kit.grading.void import NO_CHECK, with_void

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from kit.harness.submission import Submission

FOLDER = "records"  # of a course; it holds the Records and, apart from them, the ledger

_HEAD = 4096  # bytes of a stored Record that surely name its submission
_SUBMISSION = re.compile(rb'"submission": \{"sha256": "([0-9a-f]+)"')


def key_of(record: Record) -> str:
    """Return the name that a Record is stored by.

    A Record with a time-out has a name of its own: it never takes the place of a final one. So has
    one with checks that do not count: where they count again, the one from before is still there.
    """
    sha256, level = record.submission["sha256"], record.sandbox["level"]
    checks = (check for exercise in record.exercises for check in exercise.checks)
    void = [check.id for check in checks if check.status == "void"]
    return _key(sha256, record.suite, level, record.versions, void, final=not record.is_late)


class Store:
    """The Records of a course in a folder: `put` when one is done, `get` before the next run."""

    def __init__(self, folder: Path, *, shared: bool | None = None) -> None:
        self._folder = private_folder(folder, shared=shared)

    def get(
        self, submission: Submission, suite: str, level: str, void: Mapping[str, str] = NO_CHECK
    ) -> Record | None:
        """Return what is known about a submission, in its student's name; None: run it.

        `suite` names the assignment, too: its digest is made of paths and contents. Checks in `void`
        do not count, whether they did when the submission was run or not.
        """
        decisive = submission.sha256, suite, level, VERSIONS
        record = self.read(_key(*decisive, void, final=True))
        if void and record is None:
            record = self.read(_key(*decisive, (), final=True))
        return record and replace(with_void(record, void), submission=submission.about)

    def put(self, record: Record) -> None:
        """Store a Record without the name; kill -9 at any moment leaves no half of it behind."""
        key = key_of(record)
        nameless = replace(record, submission={"sha256": record.submission["sha256"]})
        content = json.dumps(nameless.to_json()).encode()
        try:
            private_folder(self._folder / key[:2])
            write_private(self._path(key), content)
        except OSError as error:
            raise UsageError(f"{self._folder} cannot be written to: {error.strerror}") from error

    def read(self, key: str) -> Record | None:
        """Return the Record of that name; one that is damaged is not there."""
        path = self._path(key)
        if path.is_symlink() or path.parent.is_symlink():
            return None
        try:
            record = Record.from_json(json.loads(path.read_bytes()))
        except (FileNotFoundError, ValueError):
            return None
        return record if key_of(record) == key else None

    def files_about(self, submissions: AbstractSet[str]) -> list[Path]:
        """Return the files about these submissions, with what a killed writer has left behind."""
        return sorted(path for path in self._files() if _submission_of(path) in submissions)

    def _files(self) -> Iterator[Path]:
        for folder in self._folder.glob("[0-9a-f][0-9a-f]"):
            if not folder.is_symlink():
                yield from (path for path in folder.iterdir() if not path.is_symlink())

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.json"


def _key(
    submission: str,
    suite: str,
    level: str,
    versions: Mapping[str, str],
    void: Iterable[str],
    *,
    final: bool,
) -> str:
    # A minor version of Python decides which syntax is an error and how `sum` rounds (3.12
    # compensates); a patch release does neither, and a security update must not run a class again.
    python = versions["python"].split(".")[:2]
    decisive = [submission, suite, versions["kit"], versions["numpy"], python, level, final]
    decisive += [names] if (names := sorted(void)) else []
    return hashlib.sha256(json.dumps(decisive).encode()).hexdigest()


def _submission_of(path: Path) -> str:
    with path.open("rb") as file:
        found = _SUBMISSION.search(file.read(_HEAD))
    return found[1].decode() if found else ""
