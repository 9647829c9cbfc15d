"""The reference comes first: a suite that the reference does not pass gives no mark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kit.errors import SuiteError, UsageError
from kit.grading.levels import acceptable
from kit.harness.submission import read_submission
from kit.loading import suggestion

if TYPE_CHECKING:
    from kit.grading.assignment import Assignment
    from kit.grading.record import Check, Record
    from kit.grading.store import Store
    from kit.harness.submission import Submission

_SHOWN = 3  # tracebacks: a broken fixture gives as many as there are tests


def read_reference(assignment: Assignment) -> Submission:
    """Read the solution; raise UsageError where a file of it is missing."""
    solution = read_submission(assignment.solution, assignment.manifest, "reference")
    if solution.problems:
        raise UsageError(f"the solution is not whole: {min(solution.problems.values())}")
    return solution


def known_reference(
    assignment: Assignment, reference: Submission, suite: str, sandbox: str, store: Store | None
) -> Record | None:
    """Return the stored Record of a reference that has passed; None where it is to be run."""
    for level in acceptable(sandbox) if store else ():
        record = store and store.get(reference, suite, level, assignment.manifest.void)
        if record and not _failed(record):
            return record
    return None


def insist_on_reference(record: Record) -> None:
    """Raise SuiteError, with tracebacks, for the checks that the reference did not pass."""
    failed = _failed(record)
    if not failed:
        return
    names = ", ".join(check.id for check in failed[:_SHOWN])
    more = f" and {len(failed) - _SHOWN} more" if len(failed) > _SHOWN else ""
    tests = "test" if len(failed) == 1 else "tests"
    shown = "\n".join(f"\n{check.id}\n{check.message}" for check in failed[:_SHOWN])
    raise SuiteError(
        f"the reference does not pass the hidden {tests} {names}{more}; nothing was graded, and no "
        f"mark has changed. Mend the test or the solution, or name the check in [[void]].\n{shown}"
    )


def insist_on_void(assignment: Assignment, record: Record) -> None:
    """Raise UsageError where the manifest voids a check that there is not."""
    known = [check.id for check in _checks(record)]
    for name in assignment.manifest.void:
        if name not in known:
            raise UsageError(f"[[void]] names no check: {name!r}{suggestion(name, known)}")


def _failed(record: Record) -> list[Check]:
    return [check for check in _checks(record) if check.status not in {"passed", "void"}]


def _checks(record: Record) -> list[Check]:
    return [check for exercise in record.exercises for check in exercise.checks]
