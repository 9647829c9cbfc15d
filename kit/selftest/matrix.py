"""The matrix submission x check: what was run, and what failed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kit.grading.record import Record
    from kit.selftest.entries import Entry

CAPSTONE = "accuracy"  # the kind of the checks that every part has a share in


@dataclass(frozen=True, slots=True)
class Column:
    """A check: its exercise, its kind, and its points."""

    name: str
    exercise: str
    kind: str
    points: float


@dataclass(frozen=True, slots=True)
class Row:
    """An entry: the checks that were run, those that it failed, and how those were named.

    `told` are the texts that a student reads of it; `seed` is what its hidden inputs came from.
    """

    entry: Entry
    ran: frozenset[str]
    failed: frozenset[str]
    named: Mapping[str, str]
    seconds: float
    is_late: bool = False
    told: frozenset[str] = frozenset()
    seed: str = ""

    @classmethod
    def of(cls, entry: Entry, record: Record) -> Row:
        """Return what a Record says of an entry."""
        checks = [check for exercise in record.exercises for check in exercise.checks]
        failed = [check for check in checks if check.status not in {"passed", "void"}]
        return cls(
            entry=entry,
            ran=frozenset(check.id for check in checks),
            failed=frozenset(check.id for check in failed),
            named={check.id: check.misconception for check in failed if check.misconception},
            seconds=record.seconds,
            is_late=record.is_late,
            told=frozenset(text for check in failed for text in (check.title, check.public)),
            seed=record.seed.removeprefix("sha256:"),
        )


@dataclass(frozen=True, slots=True)
class Matrix:
    """All entries and all checks; `broken` are the entries that got no verdict, with the cause."""

    columns: Mapping[str, Column]
    rows: Mapping[str, Row]
    broken: Mapping[str, str]

    def joined(self, other: Matrix) -> Matrix:
        """Return one matrix with the entries of both."""
        rows, broken = {**self.rows, **other.rows}, {**self.broken, **other.broken}
        return Matrix(self.columns, rows, broken)

    def of_kind(self, *kinds: str) -> Iterator[Row]:
        """Yield the rows of some kinds of entries."""
        return (row for row in self.rows.values() if row.entry.kind in kinds)

    def is_capstone(self, check: str) -> bool:
        """Whether every part has a share in a check, so that each wrong part may fail it."""
        return self.columns[check].kind == CAPSTONE

    def catching(self, row: Row) -> frozenset[str]:
        """Return the checks that an entry fails, accuracy aside unless it is all that it fails."""
        own = frozenset(check for check in row.failed if not self.is_capstone(check))
        return own or row.failed

    def witnesses(self) -> dict[str, list[str]]:
        """Return for each check the entries that it alone catches."""
        found: dict[str, list[str]] = defaultdict(list)
        for row in self.of_kind("wrong", "mutant", "near miss"):
            if len(caught := self.catching(row)) == 1:
                found[min(caught)].append(row.entry.name)
        return {check: found[check] for check in self.columns}


def columns(record: Record) -> dict[str, Column]:
    """Return the checks of the assignment, as the Record of the reference tells them."""
    return {
        check.id: Column(check.id, exercise.name, check.kind, check.max_points)
        for exercise in record.exercises
        for check in exercise.checks
    }
