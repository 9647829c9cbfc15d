"""Short tables: what the student's method gives, beside what it should give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

OK, DISAGREE = "ok", "<-- disagree"
ROWS = 8


def plainly(value: Any) -> str:
    """Write a number as it was given."""
    return f"{float(value):g}"


def number(value: Any) -> str:
    """Write a number so that columns of them are easy to compare."""
    value = float(value) + 0.0  # no student should have to wonder about -0.
    size = abs(value)
    return f"{value:.4f}" if size == 0 or 1e-3 <= size < 1e4 else f"{value:.4g}"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Set rows of words below their heads, the last column left bare: it holds the verdicts."""
    lines = [[*heads, ""], *rows[:ROWS]]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    written = [
        "   ".join(
            [*(word.rjust(width) for word, width in zip(line, widths, strict=False)), line[-1]]
        )
        for line in lines
    ]
    return "\n".join(f"    {line}".rstrip() for line in written)


def beside(came: Any, right: Any) -> tuple[str, str, str]:
    """Set what came beside what is right, with the verdict."""
    came, right = np.asarray(came).item(), np.asarray(right).item()
    verdict, words = _verdict(came, right), (number(right), number(came))
    if verdict == DISAGREE and words[0] == words[1]:
        words = (f"{right:.8g}", f"{came:.8g}")
    return *words, verdict


def _verdict(came: Any, right: Any) -> str:
    """Say whether two numbers agree, as far as a measured slope can tell."""
    near = came is not None and np.allclose(came, right, rtol=2e-5, atol=2e-7)
    return OK if near else DISAGREE


def shapes(rows: Sequence[tuple[str, str, str, str, str]]) -> str:
    """Set beside each gradient the thing that it is the gradient of: its shape is to be the same."""
    head = "    A gradient has the shape of the thing it is the gradient of:"
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        f"      {row[0]:<{widths[0]}}  {row[1]:<{widths[1]}}  like {row[2]:<{widths[2]}}"
        f" {row[3]:<{widths[3]}}  {row[4]}"
        for row in rows
    ]
    return "\n".join([head, *(line.rstrip() for line in lines)])
