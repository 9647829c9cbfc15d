"""What the public tests have to say of each submission: green means full points, red points lost.

A rule yields a name, and what is wrong or "".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kit.selftest.entries import RIGHT
from kit.selftest.evidence import fails

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kit.selftest.evidence import Evidence, Looked
    from kit.selftest.matrix import Matrix, Row


def right(evidence: Evidence) -> Looked:
    """Look for right entries that a public test rejects."""
    for row in evidence.public.of_kind(*RIGHT):
        yield row.entry.name, fails(row.failed)


def stub(evidence: Evidence) -> Looked:
    """Look for public tests that pass on the stub as it was released."""
    for row in evidence.public.of_kind("stub"):
        for check in sorted(row.ran):
            yield check, "" if check in row.failed else "the stub passes it"


def red(evidence: Evidence) -> Looked:
    """Look for exercises in which a wrong entry loses points and fails no public test."""
    reasons, used = evidence.notes.green, set()
    for name, exercise, public, hidden in _compared(evidence):
        missed = bool(hidden) and not public
        used |= {name} if missed else set()
        told = f"{exercise} is green in public, and {fails(hidden)}"
        yield name, told if missed and name not in reasons else ""
    for name in sorted(set(reasons) - used):
        yield name, "checks.toml says why it is green in public, and it is not"


def green(evidence: Evidence) -> Looked:
    """Look for exercises in which a wrong entry fails a public test and loses nothing."""
    for name, exercise, public, hidden in _compared(evidence):
        told = f"{exercise} loses no points, and {fails(public)}"
        yield name, told if public and not hidden else ""


def _compared(evidence: Evidence) -> Iterator[tuple[str, str, frozenset[str], frozenset[str]]]:
    """Yield wrong entries by exercise, with the public and the hidden tests that they fail."""
    for name, row in evidence.public.rows.items():
        hidden = evidence.matrix.rows.get(name)
        if row.entry.kind == "wrong" and hidden:
            mine = _failed_by_exercise(evidence.public, row)
            theirs = _failed_by_exercise(evidence.matrix, hidden)
            for exercise in mine.keys() & theirs.keys():
                yield name, exercise, mine[exercise], theirs[exercise]


def _failed_by_exercise(matrix: Matrix, row: Row) -> dict[str, frozenset[str]]:
    """Return the checks that failed, for each exercise of which some ran."""
    ran = {matrix.columns[check].exercise for check in row.ran}
    return {
        exercise: frozenset(
            check for check in row.failed if matrix.columns[check].exercise == exercise
        )
        for exercise in sorted(ran)
    }
