"""Run many tasks for one assignment, on all processors: the evaluators stay from one to the next."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Self

from kit.grading.pool import AHEAD, Run, evaluators_for
from kit.grading.tasks import Task
from kit.selftest.matrix import Matrix, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from kit.grading.assignment import Assignment
    from kit.grading.pool import How
    from kit.grading.record import Record
    from kit.harness.submission import Submission
    from kit.selftest.entries import Entry
    from kit.selftest.matrix import Column


class Runner:
    """Runs tasks for one assignment; calls `on_done` with the name of each that is done."""

    def __init__(self, assignment: Assignment, how: How, on_done: Callable[[str], None]) -> None:
        self._assignment, self._sandbox = assignment, how.sandbox
        self._jobs = how.jobs_here
        self._on_done = on_done
        self.suite = assignment.digest()
        self._evaluators = evaluators_for(self._jobs)
        self._threads = ThreadPoolExecutor(self._jobs)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._evaluators.close()
        self._threads.shutdown()

    def first(self, submission: Submission) -> Record:
        """Evaluate one submission before all others; raise GradingError where that fails."""
        self._threads.submit(
            self._evaluators.start, self._assignment, self.suite, self._sandbox, self._jobs
        )
        return self._submit(Task(submission)).result()

    def run(self, tasks: Iterable[Task]) -> dict[str, Record | str]:
        """Return what came of each submission, by its name: a Record, or why there is none."""
        found: dict[str, Record | str] = {}
        run = Run(self._submit, self.suite, self._sandbox, None)
        for submission, outcome in run.evaluate(tasks, AHEAD * self._jobs):
            found[submission.name] = outcome
            self._on_done(submission.name)
        return found

    def _submit(self, task: Task) -> Future[Record]:
        return self._threads.submit(
            self._evaluators.evaluate, self._assignment, self.suite, self._sandbox, task
        )


def fill_matrix(
    runner: Runner,
    entries: Sequence[Entry],
    columns: Mapping[str, Column],
    checks_for: Callable[[Entry, Mapping[str, Column]], tuple[str, ...]],
    *,
    explain: bool = False,
) -> Matrix:
    """Run every entry with the checks that it is to be run with; `explain` the wrong ones."""
    outcomes = runner.run(
        Task(
            entry.submission,
            checks_for(entry, columns),
            explain=explain and entry.kind == "wrong",
        )
        for entry in entries
    )
    rows, broken = {}, {}
    for entry in entries:
        outcome = outcomes[entry.submission.name]
        if isinstance(outcome, str):
            broken[entry.name] = outcome
        else:
            rows[entry.name] = Row.of(entry, outcome)
    return Matrix(columns, rows, broken)
