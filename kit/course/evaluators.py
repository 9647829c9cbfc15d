"""Keep one evaluator running while nbgrader goes from submission to submission.

nbgrader makes its preprocessors anew for every notebook and offers nothing that lives as long as
its run, so the evaluator lives here, in the process: until the suite changes, or the end.
"""

from __future__ import annotations

import atexit
from typing import TYPE_CHECKING

from kit.grading.evaluate import Evaluator

if TYPE_CHECKING:
    from pathlib import Path

    from kit.grading.assignment import Assignment

_running: dict[tuple[Path, str, str], Evaluator] = {}


def running_evaluator(assignment: Assignment) -> Evaluator:
    """Return the evaluator of this assignment as it is on disk now, started where needed."""
    key = (assignment.course, assignment.name, assignment.digest())
    if key not in _running:
        stop_evaluator()
        _running[key] = Evaluator(assignment)
    return _running[key]


@atexit.register
def stop_evaluator() -> None:
    """Stop the evaluator that runs, if any; the next submission gets a fresh one."""
    while _running:
        _running.popitem()[1].close()
