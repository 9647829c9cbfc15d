"""Remember which Record a student had, and when: the only place that joins a name to Records."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from kit.errors import UsageError
from kit.grading.private import append_private, private_folder
from kit.grading.store import FOLDER, Store, key_of

if TYPE_CHECKING:
    from pathlib import Path

    from kit.grading.record import Record


@dataclass(frozen=True, slots=True)
class Entry:
    """One mark that was given: `record` is the name of the Record in the store."""

    student: str
    assignment: str
    submission: str
    record: str
    score: float
    time: str


class Ledger:
    """A file a student in `students/` of the course's folder of Records, an entry a line."""

    def __init__(self, folder: Path) -> None:
        self._folder = private_folder(private_folder(folder) / "students")

    def remember(self, student: str, record: Record) -> None:
        """Note that this student has this Record now; the one they have already is no news."""
        entry = Entry(
            student=student,
            assignment=record.assignment,
            submission=record.submission["sha256"],
            record=key_of(record),
            score=record.score,
            time=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        last = _last(self.entries(student)).get(record.assignment)
        if last is None or last.record != entry.record:
            self._append(entry)

    def entries(self, student: str) -> list[Entry]:
        """Return what a student had, in the order of time."""
        return _read(self.file_of(student))

    def students(self) -> list[str]:
        """Return everybody who has an entry."""
        return sorted({entry.student for path in self._files() for entry in _read(path)})

    def records(self, assignment: str, store: Store) -> dict[str, Record]:
        """Return the Record that each student had last in this assignment, as far as it is kept."""
        last = [_last(_read(path)).get(assignment) for path in self._files()]
        found = {entry.student: store.read(entry.record) for entry in last if entry}
        return {student: record for student, record in found.items() if record}

    def file_of(self, student: str) -> Path:
        """Return where a student's entries are: a name to read, and a hash that tells it apart.

        The hash makes a name safe that is too long, or differs from another by case alone.
        """
        name = student.encode("utf-8", "surrogatepass")  # as bytes that are no UTF-8 arrive
        return (
            self._folder / f"{quote(name, safe='')[:80]}-{hashlib.sha256(name).hexdigest()}.jsonl"
        )

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("*.jsonl"))

    def _append(self, entry: Entry) -> None:
        # The line starts with its own newline: a line that a crash has cut stays alone in its loss.
        path = self.file_of(entry.student)
        try:
            append_private(path, f"\n{json.dumps(asdict(entry))}".encode())
        except OSError as error:
            raise UsageError(f"{path} cannot be written to: {error.strerror}") from error


def records_before(course: Path, assignment: str) -> dict[str, Record]:
    """Return what everybody in a course had last: ask before grading, for a regrade to compare."""
    return Ledger(course / FOLDER).records(assignment, Store(course / FOLDER))


def _last(entries: list[Entry]) -> dict[str, Entry]:
    return {entry.assignment: entry for entry in entries}


def _read(path: Path) -> list[Entry]:
    if path.is_symlink() or not path.exists():
        return []
    entries = []
    for line in path.read_bytes().splitlines():
        try:
            entries.append(Entry(**json.loads(line)))
        except (ValueError, TypeError):  # cut by a crash
            continue
    return entries
