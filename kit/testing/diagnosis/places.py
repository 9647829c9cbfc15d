"""Find the line of a method in a student's file by looking at its text, which is not executed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def place_of(sources: Mapping[str, str], place: str, method: str) -> str:
    """Return where `file:Class` keeps a method, as in `(losses.py, line 9)`, or ''.

    The line is that of the method's only `return`, else that of its `def`.
    """
    file, _, class_name = place.partition(":")
    lines = sources.get(file, "").splitlines()
    body = _below(lines, rf"class\s+{re.escape(class_name)}\b", range(len(lines)))
    inside = _below(lines, rf"\s+def\s+{re.escape(method)}\b", body)
    if not inside:
        return ""
    returns = [number for number in inside if re.match(r"\s+return\b", lines[number])]
    number = returns[0] if len(returns) == 1 else inside[0] - 1
    return f"({file}, line {number + 1})"


def _below(lines: Sequence[str], opening: str, among: range) -> range:
    """Return the lines that are indented below the only line that begins like this."""
    starts = [number for number in among if re.match(opening, lines[number])]
    if len(starts) != 1:
        return range(0)
    depth = _depth(lines[starts[0]])
    for number in range(starts[0] + 1, among.stop):
        if lines[number].strip() and _depth(lines[number]) <= depth:
            return range(starts[0] + 1, number)
    return range(starts[0] + 1, among.stop)


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())
