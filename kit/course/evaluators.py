"""Keep the evaluation of a class going while nbgrader goes from submission to submission.

nbgrader makes its preprocessors anew for every notebook and offers nothing that lives as long as
its run, so the evaluation lives here, in the process: until the suite changes, or the end.
"""

from __future__ import annotations

import atexit
from concurrent.futures import Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import TYPE_CHECKING

from kit.grading.pool import AHEAD, ANYHOW, Run, evaluators_for
from kit.grading.tasks import Task

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from kit.grading.assignment import Assignment
    from kit.grading.record import Record
    from kit.grading.store import Store
    from kit.harness.submission import Submission


class Ahead:
    """Evaluates in the background, on all processors, while nbgrader keeps its books."""

    def __init__(self, assignment: Assignment, sandbox: str) -> None:
        self._assignment, self._sandbox = assignment, sandbox
        self._suite, self._void = assignment.digest(), assignment.manifest.void
        jobs = ANYHOW.jobs_here
        self._threads, self._ahead = ThreadPoolExecutor(jobs), AHEAD * jobs
        self._evaluators = evaluators_for(jobs)
        self._coming: Iterator[Submission] = iter(())
        self._running: dict[tuple[str, str], Future[Record]] = {}

    def prove(self, store: Store) -> Record:
        """Return the Record of the reference; raise SuiteError where it does not pass."""
        return Run(self._submit, self._suite, self._sandbox, store).prove(self._assignment)

    def start(self, submissions: Iterable[Submission]) -> None:
        """Begin with these submissions, in this order, as they will be asked for."""
        self._coming = iter(submissions)
        self._threads.submit(
            self._evaluators.start, self._assignment, self._suite, self._sandbox, ANYHOW.jobs_here
        )

    def evaluate(self, submission: Submission) -> Record:
        """Return the Record of a submission, waiting for it where it is not there yet.

        One that ran out of time is run once more, when nothing else runs.
        """
        for following in islice(self._coming, self._ahead - len(self._running)):
            self._begin(following)
        key = _key(submission)
        if key not in self._running:
            self._begin(submission)
        record = self._running.pop(key).result()
        if record.is_late:
            wait(self._running.values())
            record = self._submit(Task(submission, late=record, void=self._void)).result()
        return record

    def close(self) -> None:
        """Stop at once."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._evaluators.close()

    def _begin(self, submission: Submission) -> None:
        self._running[_key(submission)] = self._submit(Task(submission, void=self._void))

    def _submit(self, task: Task) -> Future[Record]:
        arguments = (self._assignment, self._suite, self._sandbox, task)
        return self._threads.submit(self._evaluators.evaluate, *arguments)


def _key(submission: Submission) -> tuple[str, str]:
    return submission.name, submission.sha256


_running: dict[tuple[Path, str, str, str, str], Ahead] = {}


def running_evaluator(assignment: Assignment, sandbox: str) -> Ahead:
    """Return the evaluator of this assignment as it is on disk now, started where needed."""
    void = repr(sorted(assignment.manifest.void.items()))
    key = (assignment.course, assignment.name, assignment.digest(), void, sandbox)
    if key not in _running:
        stop_evaluator()
        _running[key] = Ahead(assignment, sandbox)
    return _running[key]


@atexit.register
def stop_evaluator() -> None:
    """Stop the evaluator that runs, if any; the next submission gets a fresh one."""
    while _running:
        _running.popitem()[1].close()
