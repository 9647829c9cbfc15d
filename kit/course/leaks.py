"""Find what of a solution, or of a hidden test, a text gives away.

Formatting hides nothing: texts are compared with their white space, quotes and escapes taken out,
and Python is compared a second time in the form that `ast.unparse` gives it. A line of fewer than
12 such characters (`return y`) tells nothing by itself, unless it stands in its own function.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from kit.course.stripping import ANY_MARKER, functions, parse, regions

if TYPE_CHECKING:
    from collections.abc import Iterator

_TELLING = 12
_FORMATTING = re.compile(r"\\[nrt]|[\s\\'\"]")


def leaks(released: str, solution: str) -> list[str]:
    """Say what of the solution is still there in a text that students get; best nothing."""
    found = [f"the marker {match[0]!r}" for match in ANY_MARKER.finditer(released)]
    found += _kept_statements(released, solution)
    there = _squeezed(released)
    lines = dict.fromkeys(_solution_lines(solution))
    found += [f"`{line}`" for line in lines if _tells(line) and _squeeze(line) in there]
    return list(dict.fromkeys(found))


def hidden_tests(released: str, suite: str) -> list[str]:
    """Name the tests of a hidden suite's file whose body is there in a text that students get."""
    there, lines = _squeezed(released), suite.split("\n")
    return [
        name
        for name, function in functions(parse(suite, "the hidden suite"))
        if name.rpartition(".")[2].startswith("test")
        and any(_tells(body) and _squeeze(body) in there for body in _bodies(function, lines))
    ]


def _kept_statements(released: str, solution: str) -> Iterator[str]:
    """Find the functions that still have a statement of their own solution, however short."""
    marked = regions(solution, "the solution")
    solved = {
        (name, ast.dump(node))
        for name, node in _statements(solution)
        if any(region.holds(node) for region in marked)
    }
    for name, node in _statements(released):
        if (name, ast.dump(node)) in solved:
            yield f"`{ast.unparse(node).splitlines()[0]}`, which solves {name}"


def _statements(text: str) -> Iterator[tuple[str, ast.stmt]]:
    """Give every statement of every function, with the function's name; of no Python, none."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return
    for name, function in functions(tree):
        nodes = (node for node in ast.walk(function) if isinstance(node, ast.stmt))
        yield from ((name, node) for node in nodes if node is not function)


def _solution_lines(solution: str) -> Iterator[str]:
    """Give every line of every solution, as written and in its plain form, and every value."""
    lines = solution.split("\n")
    tree = parse(solution, "the solution")
    for region in regions(solution, "the solution"):
        for node in filter(region.holds, ast.walk(tree)):
            yield from ast.unparse(node).split("\n")
            if value := getattr(node, "value", None):
                yield ast.unparse(value)
        yield from (line.strip() for line in lines[region.begin : region.end - 1])


def _bodies(function: ast.AST, lines: list[str]) -> Iterator[str]:
    """Give what a function does, without its docstring: as written, and in its plain form."""
    if body := [node for node in getattr(function, "body", []) if not _is_docstring(node)]:
        yield "\n".join(lines[body[0].lineno - 1 : body[-1].end_lineno])
        yield "\n".join(ast.unparse(node) for node in body)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _tells(text: str) -> bool:
    return len(_squeeze(text)) >= _TELLING


def _squeezed(text: str) -> str:
    """Take the formatting out of a text, and add its plain form if it is Python."""
    try:
        plain = ast.unparse(ast.parse(text))
    except (SyntaxError, ValueError):
        plain = ""
    return f"{_squeeze(text)}\n{_squeeze(plain)}"


def _squeeze(text: str) -> str:
    return _FORMATTING.sub("", text)
