"""Show an instructor how a class did: a table, a line for each failure, progress on a terminal."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import Progress
from rich.text import Text

from kit.cli.table import NUMBERS, WORDS, show_table, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from kit.course.preview import Preview
    from kit.course.standing import Standings
    from kit.grading.record import Record


def show_outcomes(
    outcomes: Mapping[str, Record | str], standings: Standings, *, as_json: bool
) -> None:
    """Print the Records one a line, or what counts as a table; on standard error who has none, why."""
    records = {who: record for who, record in outcomes.items() if not isinstance(record, str)}
    if as_json:
        for record in records.values():
            click.echo(json.dumps(record.to_json()))
    elif records:
        _show_marks(records, standings)
    show_failures(outcomes, "could not be graded")


def show_previews(previews: Sequence[Preview], *, as_json: bool) -> None:
    """Print what grading would change: a table of those students, or everyone, one a line."""
    from kit.course.preview import total

    if as_json:
        for one in previews:
            about = {"student": one.student, "before": one.before, "after": one.after}
            click.echo(json.dumps(about))
        return
    changed = [one for one in previews if one.changes]
    if changed:
        rows = [
            (
                one.student,
                "new" if one.before is None else _points(total(one.before)),
                _points(total(one.after)),
            )
            for one in changed
        ]
        show_table([("student", WORDS), ("is", NUMBERS), ("would be", NUMBERS)], rows)
    click.echo(f"{len(changed)} of {len(previews)} would change; nothing was written", err=True)


def show_failures(outcomes: Mapping[str, object], what: str) -> None:
    """Tell on standard error for whom there is a cause in the place of an outcome."""
    causes = {who: cause for who, cause in outcomes.items() if isinstance(cause, str)}
    if causes:
        click.echo(f"kit: {len(causes)} of {len(outcomes)} {what}:", err=True)
    for who, cause in causes.items():
        click.echo(f"  {visible(who)}: {visible(cause)}", err=True)


def show_note(heading: str, about: Mapping[str, str]) -> None:
    """Tell on standard error what a teacher should look at, where there is anything."""
    if about:
        click.echo(f"kit: {heading} ({len(about)}):", err=True)
    for name, text in about.items():
        click.echo(f"  {visible(name)}: {visible(text)}", err=True)


def _show_marks(records: Mapping[str, Record], standings: Standings) -> None:
    """Print the marks that count: of the exercises, of questions that humans mark, for being late."""
    first = next(iter(records.values()))
    exercises = {result.name: result.max_score for result in first.exercises}
    worth = exercises | {n: it for n, it in standings.worth.items() if n not in exercises}
    students = {who: standings.students[who] for who in records}
    is_late = any(standing.penalty for standing in students.values())
    late = [("late", NUMBERS)] if is_late else []
    heads = [(f"{name} /{points:g}", NUMBERS) for name, points in worth.items()]
    total = (f"total /{sum(worth.values()):g}", NUMBERS)
    rows = [
        [
            who,
            *[_points(standing.marks.get(name)) for name in worth],
            *([_points(-standing.penalty or 0.0)] if is_late else []),
            _points(standing.total),
        ]
        for who, standing in students.items()
    ]
    show_table([("student", WORDS), *heads, *late, total], rows)


def _points(score: float | None) -> str:
    return "none" if score is None else f"{score:g}"


@contextmanager
def progress_bar() -> Iterator[Callable[[int, int, str], None]]:
    """Yield what `on_progress` may be: a bar on a terminal's standard error, else nothing."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total, student: bar.update(
            task, completed=done, total=total, description=Text(visible(student)).markup
        )
