"""Find what students write, in the reference solution: the methods that mutants are made of."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kit.harness.submission import Submission
    from kit.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Method:
    """A method of the reference, where it stands, and the exercises that own its class."""

    file: str
    owner: ast.ClassDef
    node: ast.FunctionDef
    source: str
    exercises: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.file} {self.owner.name}.{self.node.name}"

    @property
    def is_start(self) -> bool:
        """Whether it makes the object and answers nothing."""
        return self.node.name == "__init__"

    @property
    def arguments(self) -> list[str]:
        """The names of its arguments after `self`."""
        return [argument.arg for argument in self.node.args.args[1:]]

    @property
    def body(self) -> list[ast.stmt]:
        """Its statements, without the docstring."""
        return self.node.body[1:] if ast.get_docstring(self.node) else self.node.body

    def replaced(self, node: ast.expr | ast.stmt, text: str) -> str:
        """Return the source of the file with other text in the place of a node."""
        content = self.source.encode()
        lines = content.splitlines(keepends=True)
        start = sum(map(len, lines[: node.lineno - 1])) + node.col_offset
        before_end = lines[: (node.end_lineno or node.lineno) - 1]
        end = sum(map(len, before_end)) + (node.end_col_offset or 0)
        return (content[:start] + text.encode() + content[end:]).decode()


def methods(solution: Submission, manifest: Manifest) -> Iterator[Method]:
    """Yield the methods of every class that an exercise owns, file by file."""
    owners: dict[str, list[str]] = {}
    for exercise in manifest.exercises:
        for place in exercise.owns.values():
            owners.setdefault(place, []).append(exercise.name)
    sources = solution.sources()
    for file in manifest.files:
        for node in _tree(file, sources[file]).body:
            if isinstance(node, ast.ClassDef) and f"{file}:{node.name}" in owners:
                exercises = tuple(owners[f"{file}:{node.name}"])
                for each in node.body:
                    if isinstance(each, ast.FunctionDef):
                        yield Method(file, node, each, sources[file], exercises)


def _tree(file: str, source: str) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError as error:
        raise UsageError(f"the solution's {file} is no Python: {error}") from None
