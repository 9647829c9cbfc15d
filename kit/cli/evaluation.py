"""What `kit evaluate` prints: a Record a line for programs, the checks in words for people."""

from __future__ import annotations

import json
import sys
import textwrap
from typing import TYPE_CHECKING

import click

from kit.errors import GradingError
from kit.grading.evaluate import Evaluator
from kit.grading.submission import read_submission

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from kit.grading.assignment import Assignment
    from kit.grading.record import ExerciseResult, Record


def evaluate_paths(assignment: Assignment, paths: Sequence[Path]) -> Iterator[Record | str]:
    """Yield a Record for each path, or why the grader failed on it; read all before any runs."""
    submissions = [
        read_submission(path, assignment.manifest, _name(path, assignment)) for path in paths
    ]
    with Evaluator(assignment) as evaluator:
        for number, submission in enumerate(submissions, start=1):
            if sys.stderr.isatty() and len(submissions) > 1:
                click.echo(f"\r{number} of {len(submissions)} ", err=True, nl=False)
            try:
                yield evaluator.evaluate(submission)
            except GradingError as error:
                yield f"{submission.name} could not be graded: {error}"


def _name(path: Path, assignment: Assignment) -> str | None:
    """Return the student of `submitted/ada/backprop`; None for a path that is named by itself."""
    folder = path.resolve()
    return folder.parent.name if folder.name == assignment.name else None


def show(outcome: Record | str, *, as_json: bool) -> None:
    """Print a Record; tell a failure on standard error."""
    if isinstance(outcome, str):
        click.echo(f"kit: {outcome}", err=True)
    elif as_json:
        click.echo(json.dumps(outcome.to_json()))
    else:
        name = outcome.submission["name"]
        click.echo(f"{name}: {outcome.score:g} of {outcome.max_score:g} points")
        for exercise in outcome.exercises:
            _show_exercise(exercise)


def _show_exercise(exercise: ExerciseResult) -> None:
    click.echo(f"  {exercise.score:>4g} of {exercise.max_score:<4g} {exercise.title}")
    told = ""
    for check in exercise.checks:
        if check.status != "passed":
            click.echo(f"       {check.status} (-{check.max_points:g}): {check.title}")
            if check.message != told:
                click.echo(textwrap.indent(check.message, " " * 9))
            told = check.message
