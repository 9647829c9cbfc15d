"""What of a hidden suite must not reach a student: its lines, its literals, the names of its files."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LENGTH, DIGITS = 28, 3  # what is shorter says nothing, and may stand anywhere


def secrets(hidden: Path) -> frozenset[str]:
    """Return the pieces of the files below a folder that give a hidden test away."""
    found: set[str] = set()
    for path in sorted(hidden.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        found.update(line.strip() for line in source.splitlines() if len(line.strip()) >= LENGTH)
        found.update(_literals(ast.parse(source)))
        found.add(path.name)
    return frozenset(found)


def leaked(texts: frozenset[str], hidden: frozenset[str], seed: str) -> list[str]:
    """Return what of it stands in texts for a student, and whether the seed does."""
    everything = "\n".join(texts)
    return sorted(piece for piece in (*hidden, seed) if piece and piece in everything)


def _literals(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if len(text) >= LENGTH:
                yield text
            case ast.Constant(value=float(number)) if _digits(number) >= DIGITS:
                yield repr(number)


def _digits(number: float) -> int:
    """Count the digits that matter."""
    return len(repr(number).partition("e")[0].replace(".", "").strip("0"))
