"""Show an instructor how a class did: a table, a line for each failure, progress on a terminal."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from kit.course.preview import Preview
    from kit.grading.record import Record

_ENDLESS = 10_000  # columns of a pipe, so that no name is cut


def show_outcomes(outcomes: Mapping[str, Record | str], *, as_json: bool) -> None:
    """Print the Records, as a table or one a line; tell on standard error who has none, and why."""
    records = {who: record for who, record in outcomes.items() if not isinstance(record, str)}
    if as_json:
        for record in records.values():
            click.echo(json.dumps(record.to_json()))
    elif records:
        _print(_table(records))
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
    table = _empty_table("is", "would be")
    for one in changed:
        before = "new" if one.before is None else _points(total(one.before))
        table.add_row(Text(visible(one.student)), before, _points(total(one.after)))
    if changed:
        _print(table)
    click.echo(f"{len(changed)} of {len(previews)} would change; nothing was written", err=True)


def show_failures(outcomes: Mapping[str, object], what: str) -> None:
    """Tell on standard error for whom there is a cause in the place of an outcome."""
    causes = {who: cause for who, cause in outcomes.items() if isinstance(cause, str)}
    if causes:
        click.echo(f"kit: {len(causes)} of {len(outcomes)} {what}:", err=True)
    for who, cause in causes.items():
        click.echo(f"  {visible(who)}: {visible(cause)}", err=True)


def _table(records: Mapping[str, Record]) -> Table:
    first = next(iter(records.values()))
    heads = [f"{exercise.name} /{exercise.max_score:g}" for exercise in first.exercises]
    table = _empty_table(*heads, f"total /{first.max_score:g}")
    for who, record in records.items():
        scores = [exercise.score for exercise in record.exercises]
        table.add_row(Text(visible(who)), *map(_points, [*scores, record.score]))
    return table


def _empty_table(*columns: str) -> Table:
    table = Table(box=SIMPLE_HEAD if sys.stdout.isatty() else None, pad_edge=False)
    table.add_column("student", no_wrap=True)
    for head in columns:
        table.add_column(head, justify="right", overflow="fold")
    return table


def _print(table: Table) -> None:
    Console(width=None if sys.stdout.isatty() else _ENDLESS).print(table)


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


def visible(name: str) -> str:
    """Return a name such that no letter of it can move the cursor or vanish."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in name)
