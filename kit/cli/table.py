"""Print a table: on a terminal in a frame that fits it, in a pipe as lines that nothing cuts."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Literal

import click
from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import TypeAlias

    Side: TypeAlias = Literal["left", "right"]

WORDS: Side = "left"
NUMBERS: Side = "right"


def visible(name: str) -> str:
    """Return a name such that no letter of it can move the cursor or vanish."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in name)


def show_table(columns: Sequence[tuple[str, Side]], rows: Iterable[Sequence[str]]) -> None:
    """Print rows of words under columns, each a heading and the side on which its words stand."""
    shown = [[visible(word) for word in row] for row in rows]
    if sys.stdout.isatty():
        Console().print(_framed(columns, shown))
    else:  # rich lays out fifteen cells in a millisecond, and a class has thousands
        click.echo("\n".join(_lines(columns, shown)))


def _framed(columns: Sequence[tuple[str, Side]], rows: Sequence[Sequence[str]]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for number, (heading, side) in enumerate(columns):
        head = Text(heading)
        table.add_column(head, justify=side, no_wrap=not number, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _lines(columns: Sequence[tuple[str, Side]], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield lines in which a column is as wide as the widest of its words, as a terminal counts."""
    table = [[heading for heading, _ in columns], *rows]
    widths = [max(map(cell_len, words)) for words in zip(*table, strict=True)]
    sides = [side for _, side in columns]
    for row in table:
        cells = [
            " " * (width - cell_len(word)) + word
            if side == NUMBERS
            else word + " " * (width - cell_len(word))
            for word, width, side in zip(row, widths, sides, strict=True)
        ]
        yield "  ".join(cells).rstrip()
