"""Say why checks failed: what the parts answer to public questions, in a worker of its own.

A worker that has seen a hidden input could show it in an answer, and an answer is shown to the
student. So nobody is asked who has been tested.
"""

from __future__ import annotations

import builtins
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kit.errors import (
    GradingError,
    PartDiedError,
    PartError,
    PartTimeoutError,
    SubmissionError,
)
from kit.testing.closeness import CheckFailed
from kit.testing.diagnosis import choose, diagnose
from kit.testing.parts import Student

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kit.grading.workers import Workers
    from kit.manifest import Exercise, Manifest
    from kit.testing.diagnosis import Finding
    from kit.testing.parts import BenchLike

_METHOD = re.compile(r"\.(\w+)\(")
_CLEAR = (NotImplementedError, SyntaxError, ImportError, OSError, MemoryError, RecursionError)


@dataclass(frozen=True, slots=True)
class Failure:
    """A check that failed: its id, its exercise and kind, and what went wrong with it."""

    check: str
    exercise: str
    kind: str
    error: BaseException

    @property
    def is_puzzling(self) -> bool:
        """Whether the verdict itself leaves open what the student did wrong."""
        if isinstance(self.error, PartError):
            raised = getattr(builtins, self.error.name, None)
            clear = ImportError if isinstance(self.error, SubmissionError) else _CLEAR
            return not (isinstance(raised, type) and issubclass(raised, clear))
        return isinstance(self.error, CheckFailed)

    @property
    def is_final(self) -> bool:
        """Whether nobody is to be asked again: the next one would not come back either."""
        return isinstance(self.error, PartTimeoutError | PartDiedError)

    @property
    def method(self) -> str:
        """The method that the check asked, "" where it does not say so."""
        asked = self.error.asked if isinstance(self.error, CheckFailed) else ""
        found = _METHOD.search(asked)
        return found[1] if found else ""


def explain(
    failures: Iterable[Failure],
    workers: Workers,
    manifest: Manifest,
    sources: Mapping[str, str],
    reference: BenchLike | None = None,
) -> dict[str, Finding]:
    """Return, for the checks that can be explained, what is wrong with the part.

    The bench of the `reference` says what is right of a part that the kit has no formula of.
    """
    found: dict[str, Finding] = {}
    for name, group in _by_exercise(failures).items():
        findings = _findings(manifest.exercise(name), workers, sources, reference)
        for failure in group:
            finding = choose(findings, failure.kind, failure.method)
            if finding and failure.is_puzzling:
                found[failure.check] = finding
    return found


def _by_exercise(failures: Iterable[Failure]) -> dict[str, list[Failure]]:
    """Gather the failures of each exercise that it is worth asking about."""
    groups: dict[str, list[Failure]] = defaultdict(list)
    for failure in failures:
        groups[failure.exercise].append(failure)
    return {
        name: group
        for name, group in groups.items()
        if any(one.is_puzzling for one in group) and not any(one.is_final for one in group)
    }


def _findings(
    exercise: Exercise,
    workers: Workers,
    sources: Mapping[str, str],
    reference: BenchLike | None,
) -> list[Finding]:
    right = Student(reference, exercise) if reference else None
    try:
        return diagnose(workers.student(exercise.name), exercise, sources, right)
    except GradingError:
        raise
    except Exception:  # noqa: BLE001 - a verdict stands, whether it can be explained or not
        return []
