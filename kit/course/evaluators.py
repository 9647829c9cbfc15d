"""Keep one evaluator running while nbgrader goes from submission to submission.

nbgrader makes its preprocessors anew for every notebook and offers nothing that lives as long as
its run, so the evaluator lives here, in the process: until the suite changes, or the end.
"""

from __future__ import annotations

import atexit
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from kit.grading.evaluate import Evaluator

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kit.grading.assignment import Assignment
    from kit.grading.record import Record
    from kit.grading.submission import Submission


class Ahead:
    """Evaluates in the background, one submission after the other, while nbgrader keeps its books."""

    def __init__(self, assignment: Assignment) -> None:
        self._evaluator = Evaluator(assignment)
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._records: dict[tuple[str, str], Future[Record]] = {}

    def start(self, submissions: Sequence[Submission]) -> None:
        """Begin with these submissions, in this order."""
        for submission in submissions:
            self._begin(submission)

    def evaluate(self, submission: Submission) -> Record:
        """Return the Record of a submission, waiting for it where it is not there yet."""
        key = submission.name, submission.sha256
        return (self._records.get(key) or self._begin(submission)).result()

    def close(self) -> None:
        """Stop after the submission at hand."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        self._evaluator.close()

    def _begin(self, submission: Submission) -> Future[Record]:
        future = self._thread.submit(self._evaluator.evaluate, submission)
        self._records[submission.name, submission.sha256] = future
        return future


_running: dict[tuple[Path, str, str], Ahead] = {}


def running_evaluator(assignment: Assignment) -> Ahead:
    """Return the evaluator of this assignment as it is on disk now, started where needed."""
    key = (assignment.course, assignment.name, assignment.digest())
    if key not in _running:
        stop_evaluator()
        _running[key] = Ahead(assignment)
    return _running[key]


@atexit.register
def stop_evaluator() -> None:
    """Stop the evaluator that runs, if any; the next submission gets a fresh one."""
    while _running:
        _running.popitem()[1].close()
