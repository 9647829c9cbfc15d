"""Turn a solved file into the file that students get.

A solution is marked in plain comments, each on a line of its own. What follows BEGIN SOLUTION
is the message that the student's stub raises:

    ### BEGIN SOLUTION ReLU: return max(x, 0), element by element
    return np.maximum(x, 0.0)
    ### END SOLUTION
"""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

BEGIN = "### BEGIN SOLUTION"
END = "### END SOLUTION"
# Wider than the markers, so that a mistyped one is found: `#begin solution`, `### END_SOLUTION`.
ANY_MARKER = re.compile(
    r"\b(begin|end)[\s_-]*(solution|hidden[\s_-]*tests?|mark[\s_-]*scheme)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Region:
    """A marked solution: the numbers of its marker lines, counted from 1, and its message."""

    begin: int
    end: int
    indent: str
    message: str

    @property
    def stub(self) -> str:
        """The line that takes the solution's place."""
        message = json.dumps(f"Exercise {self.message}", ensure_ascii=False)
        return f"{self.indent}raise NotImplementedError({message})"

    def holds(self, node: ast.AST) -> bool:
        """Say whether this is a statement between the markers."""
        if not isinstance(node, ast.stmt):
            return False
        return self.begin < node.lineno and (node.end_lineno or node.lineno) < self.end


def strip(text: str, name: str) -> str:
    """Replace every solution by its stub; raise UsageError where a marker is not as it must be."""
    lines = text.split("\n")
    found = regions(text, name)
    _check_places(found, text, name)
    for region in reversed(found):
        lines[region.begin - 1 : region.end] = [region.stub]
    for number, line in enumerate(lines, 1):
        if ANY_MARKER.search(line):
            raise UsageError(
                f"{name}: a marker is left in line {number} of the released text, {line.strip()!r}; "
                f"write markers as `{BEGIN} <message>` and `{END}`"
            )
    stripped = "\n".join(lines)
    parse(stripped, f"{name} without its solutions")
    return stripped


def regions(text: str, name: str) -> list[Region]:
    """Find the solutions of a file; raise UsageError where markers do not pair up."""
    found: list[Region] = []
    opened: Region | None = None
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip().startswith(BEGIN):
            if opened:
                raise UsageError(
                    f"{name}:{number}: a solution begins inside the one of line {opened.begin}; "
                    f"close that with `{END}` first"
                )
            opened = _open(line, number, name)
        elif line.strip() == END:
            if not opened:
                raise UsageError(
                    f"{name}:{number}: a solution ends that never began; put `{BEGIN} <message>` before it"
                )
            found.append(Region(opened.begin, number, opened.indent, opened.message))
            opened = None
    if opened:
        raise UsageError(
            f"{name}:{opened.begin}: a solution begins that never ends; put `{END}` after it"
        )
    return found


def parse(text: str, name: str) -> ast.Module:
    """Read Python; raise UsageError with file and line where it is not Python."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        reason = getattr(error, "msg", None) or error
        raise UsageError(f"{name}:{line}: this is not Python: {reason}") from None


def functions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, ast.AST]]:
    """Find every function of a file, with its full name, as in `ReLU.forward`."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef):
            yield from functions(node, f"{prefix}{node.name}.")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{prefix}{node.name}", node
        else:
            yield from functions(node, prefix)


def _check_places(found: list[Region], text: str, name: str) -> None:
    inside = [function for _, function in functions(parse(text, name))]
    for region in found:
        if not any(region.holds(node) for function in inside for node in ast.walk(function)):
            raise UsageError(
                f"{name}:{region.begin}: this solution holds no statement of a function; "
                "mark whole statements inside a function, because the stub raises"
            )


def _open(line: str, number: int, name: str) -> Region:
    indent, _, message = line.partition(BEGIN)
    if not message.strip():
        raise UsageError(
            f"{name}:{number}: a solution has no message; students see it, as in "
            f"`{BEGIN} ReLU: return max(x, 0), element by element`"
        )
    return Region(number, number, indent, message.strip())
