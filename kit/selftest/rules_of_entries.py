"""What has to become of each submission: a rule yields its name, and what is wrong or ""."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kit.selftest.disclosure import leaked
from kit.selftest.evidence import fails

if TYPE_CHECKING:
    from kit.selftest.evidence import Evidence, Looked
    from kit.selftest.matrix import Matrix, Row


def verdicts(evidence: Evidence) -> Looked:
    """Look for entries on which the grader itself failed."""
    for matrix in (evidence.matrix, evidence.public):
        yield from ((name, "") for name in matrix.rows)
        yield from ((name, f"the grader failed: {cause}") for name, cause in matrix.broken.items())


def right(evidence: Evidence) -> Looked:
    """Look for right entries that a hidden test rejects."""
    for row in evidence.matrix.of_kind("right"):
        yield row.entry.name, fails(row.failed)


def caught(evidence: Evidence) -> Looked:
    """Look for wrong entries that no check of their exercise rejects."""
    for row in evidence.matrix.of_kind("wrong"):
        told = f"no check of {', '.join(row.entry.exercises)} fails on it"
        yield row.entry.name, "" if _in_its_exercise(evidence.matrix, row) else told


def nowhere_else(evidence: Evidence) -> Looked:
    """Look for wrong entries that are charged twice; the capstone may fail on each."""
    matrix = evidence.matrix
    for row in matrix.of_kind("wrong"):
        others = row.failed - _in_its_exercise(matrix, row)
        yield row.entry.name, fails(check for check in others if not matrix.is_capstone(check))


def false_name(evidence: Evidence) -> Looked:
    """Look for wrong entries that are told of another misconception than theirs."""
    for row in evidence.matrix.of_kind("wrong"):
        names = set(row.named.values()) - {row.entry.misconception}
        told = f"it is called {', '.join(sorted(names))} and is {row.entry.misconception}"
        yield row.entry.name, told if names else ""


def nothing_hidden(evidence: Evidence) -> Looked:
    """Look for entries whose student would read a piece of the hidden suite."""
    for row in evidence.matrix.rows.values():
        found = leaked(row.told, evidence.secrets, row.seed)
        yield row.entry.name, f"its student reads {found[0]!r}" if found else ""


def mutants(evidence: Evidence) -> Looked:
    """Look for mutants and near misses that survive."""
    for row in evidence.matrix.of_kind("mutant", "near miss"):
        yield row.entry.name, "" if row.failed else "no check fails on it"


def equivalent(evidence: Evidence) -> Looked:
    """Look for mutants that were struck out and are rejected, or that nothing makes any more."""
    rows = {row.entry.name: row for row in evidence.matrix.of_kind("equivalent")}
    for name in evidence.notes.equivalent:
        if name in rows:
            yield name, fails(rows[name].failed)
        elif name not in evidence.matrix.broken:
            yield name, "it is struck out, and no operator makes it any more"


def hostile(evidence: Evidence) -> Looked:
    """Look for hostile entries that earn something else than was declared."""
    for row in evidence.matrix.of_kind("hostile"):
        earned = _scores(evidence.matrix, row)
        yield (
            row.entry.name,
            ", ".join(
                f"{exercise} {earned[exercise]:g} instead of {score:g}"
                for exercise, score in row.entry.scores.items()
                if earned[exercise] != score
            ),
        )


def same_again(evidence: Evidence) -> Looked:
    """Look for entries that get another verdict with another seed, or in another run."""
    for name, runs in evidence.repeats.items():
        unstable = frozenset.union(*runs) - frozenset.intersection(*runs)
        yield name, f"at times it {fails(unstable)}" if unstable else ""


def _in_its_exercise(matrix: Matrix, row: Row) -> frozenset[str]:
    own = row.entry.exercises
    return frozenset(check for check in row.failed if matrix.columns[check].exercise in own)


def _scores(matrix: Matrix, row: Row) -> dict[str, float]:
    scores = dict.fromkeys((column.exercise for column in matrix.columns.values()), 0.0)
    for column in matrix.columns.values():
        scores[column.exercise] += 0.0 if column.name in row.failed else column.points
    return scores
