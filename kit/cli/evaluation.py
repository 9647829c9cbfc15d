"""What `kit evaluate` prints: a Record a line for programs, the checks in words for people."""

from __future__ import annotations

import json
import sys
import textwrap
from typing import TYPE_CHECKING

import click

from kit.grading.pool import evaluate_class
from kit.harness.submission import read_submission

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from kit.grading.assignment import Assignment
    from kit.grading.pool import How
    from kit.grading.record import ExerciseResult, Record


def evaluate_paths(
    assignment: Assignment,
    paths: Sequence[Path],
    how: How,
    only: tuple[str, ...],
) -> Iterator[Record | str]:
    """Yield a Record for each path, in their order, or why the grader failed on it.

    All is read before anything runs.
    """
    submissions = [
        read_submission(path, assignment.manifest, _name(path, assignment)) for path in paths
    ]
    outcomes: dict[int, Record | str] = {}
    waiting = iter(submissions)
    following = next(waiting, None)
    done = evaluate_class(assignment, submissions, how, only=only)
    for number, (submission, outcome) in enumerate(done, start=1):
        told = f"{submission.name} could not be graded: {outcome}"
        outcomes[id(submission)] = told if isinstance(outcome, str) else outcome
        if sys.stderr.isatty() and len(submissions) > 1:
            click.echo(f"\r{number} of {len(submissions)} ", err=True, nl=False)
        while following and id(following) in outcomes:
            yield outcomes.pop(id(following))
            following = next(waiting, None)


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
            points = f"{check.points - check.max_points:+g}" if check.status != "void" else "full"
            click.echo(f"       {check.status} ({points}): {check.title}")
            if check.message != told:
                click.echo(textwrap.indent(check.message, " " * 9))
            told = check.message
