"""What a self test comes to: its findings and its matrix, for people and for programs."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from kit.grading.versions import VERSIONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kit.selftest.evidence import Evidence, Finding
    from kit.selftest.matrix import Matrix

SCHEMA = "kit/selftest/1"


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a self test; `not_run` hostile entries need a better sandbox than this one."""

    assignment: str
    suite: str
    sandbox: str
    not_run: int
    seconds: Mapping[str, float]
    evidence: Evidence
    findings: Sequence[Finding]

    @property
    def holes(self) -> int:
        """How many holes there are."""
        return sum(len(finding.holes) for finding in self.findings)

    def to_json(self) -> dict[str, Any]:
        """Return all of it as plain values, ready for `json.dumps`."""
        matrix, notes = self.evidence.matrix, self.evidence.notes
        return {
            "schema": SCHEMA,
            "assignment": self.assignment,
            "suite": self.suite,
            "sandbox": self.sandbox,
            "not_run": self.not_run,
            "versions": VERSIONS,
            "seconds": dict(self.seconds),
            "holes": self.holes,
            "rules": [asdict(finding) for finding in self.findings],
            "operators": operators(matrix),
            "checks": {
                name: {
                    "exercise": column.exercise,
                    "kind": column.kind,
                    "alone": alone,
                    "stays": notes.stays.get(name),
                    "coarse": notes.coarse.get(name),
                }
                for (name, alone), column in zip(
                    matrix.witnesses().items(), matrix.columns.values(), strict=True
                )
            },
            "entries": _entries(matrix),
            "public": _entries(self.evidence.public),
        }


def operators(matrix: Matrix) -> dict[str, dict[str, int]]:
    """Return for each operator how many mutants it made, and what became of them."""
    made: dict[str, Counter[str]] = {}
    for row in matrix.of_kind("mutant", "near miss", "equivalent"):
        counts = made.setdefault(row.entry.operator, Counter(killed=0, survived=0, equivalent=0))
        if row.entry.kind == "equivalent":
            counts["equivalent"] += 1
        else:
            counts["killed" if row.failed else "survived"] += 1
    return {operator: dict(counts) for operator, counts in made.items()}


def _entries(matrix: Matrix) -> Mapping[str, Any]:
    return {
        name: {
            "kind": row.entry.kind,
            "run": len(row.ran),
            "failed": sorted(row.failed),
            "seconds": row.seconds,
        }
        for name, row in matrix.rows.items()
    }
