"""A check that does not count: everybody has its points, and the Record says why.

`[[void]]` in the manifest names it, after an appeal. The manifest's digest leaves this table out,
so a stored Record stays good: its points are given without a run.
"""

from __future__ import annotations

import types
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kit.grading.record import Check, ExerciseResult, Record, Status

    Verdict = tuple[Status, str, str, None]

NO_CHECK: Mapping[str, str] = types.MappingProxyType({})


def void_verdict(reason: str) -> Verdict:
    """Return the verdict on a check that does not count."""
    return "void", reason, f"this check does not count, you have its points: {reason}", None


def with_void(record: Record, void: Mapping[str, str]) -> Record:
    """Return the Record with the points of all checks in `void`, which maps each to its reason."""
    if not void:
        return record

    def check(found: Check) -> Check:
        if found.id not in void:
            return found
        status, message, public, _ = void_verdict(void[found.id])
        return replace(
            found,
            points=found.max_points,
            status=status,
            message=message,
            public=public,
            misconception=None,
        )

    def result(found: ExerciseResult) -> ExerciseResult:
        return replace(found, checks=tuple(map(check, found.checks)))

    return replace(record, exercises=tuple(map(result, record.exercises)))
