"""Evaluate a class: many submissions, each by itself, and none twice.

One submission's failure is its own: `evaluate_class` yields the cause in the place of a Record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kit.errors import GradingError
from kit.grading.evaluate import Evaluator

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kit.grading.assignment import Assignment
    from kit.grading.record import Record
    from kit.grading.submission import Submission


def evaluate_class(
    assignment: Assignment, submissions: Sequence[Submission]
) -> Iterator[tuple[Submission, Record | str]]:
    """Yield every submission, as it is done, with its Record or with why there is none."""
    with Evaluator(assignment) as evaluator:
        for submission in submissions:
            try:
                yield submission, evaluator.evaluate(submission)
            except GradingError as error:
                yield submission, str(error)
