"""What each check has to do for its points: a rule yields its name, and what is wrong or ""."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kit.selftest.matrix import CAPSTONE

if TYPE_CHECKING:
    from kit.selftest.evidence import Evidence, Looked
    from kit.selftest.matrix import Column, Row
    from kit.selftest.zoo import Notes

# Which near misses a check of a kind has to fail on; one of each family at least.
NEEDED = {
    "purity": ("fine", "argument"),
    "shape": ("start",),
    "start": ("start",),
    CAPSTONE: ("coarse", "idle"),
}


def reference(evidence: Evidence) -> Looked:
    """Look for checks that the reference fails."""
    for row in evidence.matrix.of_kind("reference"):
        for check in evidence.matrix.columns:
            yield check, "the reference fails it" if check in row.failed else ""


def stub(evidence: Evidence) -> Looked:
    """Look for checks that pay for the stub as it was released."""
    for row in evidence.matrix.of_kind("stub"):
        for check in evidence.matrix.columns:
            yield check, "" if check in row.failed else "the stub passes it"


def dead(evidence: Evidence) -> Looked:
    """Look for checks that never fail: the stub, which fails at all, does not count."""
    matrix = evidence.matrix
    rows = matrix.of_kind("wrong", "mutant", "near miss")
    failing = frozenset[str]().union(*(row.failed for row in rows))
    for check in matrix.columns:
        yield check, "" if check in failing else "it fails on no wrong entry and on no mutant"


def blunt(evidence: Evidence) -> Looked:
    """Look for checks that let everything pass that is a little off."""
    rows = list(evidence.matrix.of_kind("near miss"))
    for column in evidence.matrix.columns.values():
        near = [row for row in rows if column.exercise in row.entry.concerns]
        passing = [
            family
            for family in _families(column, evidence.notes)
            if _all_pass(column.name, [row for row in near if row.entry.family == family])
        ]
        told = f"it fails on no near miss that is {', and on none that is '.join(passing)}"
        yield column.name, told if passing else ""


def witness(evidence: Evidence) -> Looked:
    """Look for checks that could go: whatever they catch another one catches too."""
    notes = evidence.notes
    for check, alone in evidence.matrix.witnesses().items():
        told = "another check catches all that it catches, and no reason is given why it stays"
        yield check, "" if alone or check in notes.stays else told
    for check in sorted({*notes.stays, *notes.coarse} - set(evidence.matrix.columns)):
        yield check, "checks.toml has a reason for it, and there is no such check"


def _families(column: Column, notes: Notes) -> tuple[str, ...]:
    families = NEEDED.get(column.kind, ("fine",))
    if column.name in notes.coarse:
        return tuple("coarse" if family == "fine" else family for family in families)
    return families


def _all_pass(check: str, rows: list[Row]) -> bool:
    return bool(rows) and not any(check in row.failed for row in rows)
