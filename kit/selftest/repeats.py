"""Run entries again: with the same bytes, and with others, which draw other hidden inputs.

The seed of a submission is a hash of the suite and its bytes, so a comment makes another one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kit.harness.submission import Submission

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kit.selftest.entries import Entry
    from kit.selftest.matrix import Matrix

SEEDS = 3


def to_repeat(entries: Iterable[Entry]) -> list[Entry]:
    """Return the reference, and one wrong entry for each misconception of an exercise."""
    chosen: dict[object, Entry] = {}
    for entry in entries:
        if entry.kind in {"reference", "wrong"}:
            chosen.setdefault((entry.misconception, entry.exercises), entry)
    return list(chosen.values())


def again(entry: Entry) -> Iterator[Entry]:
    """Yield the entry as it is once more, and once for each further seed."""
    yield _renamed(entry, "again", entry.submission.files)
    for seed in range(1, SEEDS):
        files = dict(entry.submission.files)
        for name, content in list(files.items())[-1:]:
            files[name] = content + f"\n# seed {seed}\n".encode()
        yield _renamed(entry, f"seed {seed}", files)


def failed_each_time(
    entries: Iterable[Entry], first: Matrix, later: Matrix
) -> dict[str, list[frozenset[str]]]:
    """Return the checks that an entry failed, for each time that it was run."""
    runs = {}
    for entry in entries:
        rows = [first.rows.get(entry.name), *(later.rows.get(each.name) for each in again(entry))]
        runs[entry.name] = [row.failed for row in rows if row]
    return runs


def _renamed(entry: Entry, time: str, files: Mapping[str, bytes]) -> Entry:
    name = f"{entry.name}, {time}"
    return replace(entry, name=name, submission=Submission(name, files, entry.submission.problems))
