"""Show an instructor what a regrade moved: a line a student, then a line a check."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

import click

from kit.cli.table import NUMBERS, WORDS, show_table, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kit.course.movement import Change, Movement

_COLUMNS = [
    ("student", WORDS),
    *[(heading, NUMBERS) for heading in ("before", "after", "change")],
    ("because", WORDS),
]


def show_movements(movements: Sequence[Movement], first_time: int, *, as_json: bool) -> None:
    """Print who moved and the sums of a class, or everybody's movement, one a line."""
    if as_json:
        for movement in movements:
            click.echo(json.dumps(movement.to_json()))
        return
    moved = [movement for movement in movements if movement.moved]
    if moved:
        show_table(_COLUMNS, map(_row, moved))
    for line in sums(movements, first_time):
        click.echo(line)


def sums(movements: Sequence[Movement], first_time: int) -> Iterator[str]:
    """Yield the sums of a class: how many students each check moved, and by how much."""
    moved = [movement for movement in movements if movement.moved]
    causes: dict[str, Counter[float]] = {}
    for change in (change for movement in moved for change in _that_count(movement)):
        causes.setdefault(change.cause, Counter())[round(change.points, 9)] += 1
    for cause, counts in causes.items():
        amounts = [f"{_students(counts[points])} {points:+g}" for points in sorted(counts)[::-1]]
        yield f"{', '.join(amounts)}, because {visible(cause)}"
    yield f"{len(moved)} of {_students(len(movements))} moved"
    if first_time:
        yield f"{_students(first_time)} had no Record before"


def _row(movement: Movement) -> list[str]:
    numbers = [f"{movement.before:g}", f"{movement.after:g}", f"{round(movement.points, 9):+g}"]
    causes = [f"{change.cause} {change.points:+g}" for change in _that_count(movement)]
    return [movement.student, *numbers, ", ".join(causes)]


def _that_count(movement: Movement) -> list[Change]:
    return [change for change in movement.changes if round(change.points, 9)]


def _students(count: int) -> str:
    return f"{count} student{'' if count == 1 else 's'}"
