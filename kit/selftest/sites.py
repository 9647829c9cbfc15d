"""An expression of a method, with what an operator has to know of the place where it stands."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypeGuard

if TYPE_CHECKING:
    from kit.selftest.methods import Method

Operator: TypeAlias = Callable[["Site"], Iterable[ast.expr]]


@dataclass(frozen=True, slots=True)
class Site:
    """An expression, what it is part of, and its method."""

    node: ast.expr
    parent: ast.AST
    method: Method

    @property
    def is_value(self) -> bool:
        """Whether it is read, and is not the name of what is called or whose attribute is read."""
        node, parent = self.node, self.parent
        if isinstance(node, ast.Name | ast.Attribute) and not isinstance(node.ctx, ast.Load):
            return False
        if isinstance(parent, ast.Call):
            return node is not parent.func and called(parent) != "len"
        return not isinstance(parent, ast.Attribute)

    @property
    def known_names(self) -> list[str]:
        """The arguments of the method, and what it has assigned by then."""
        assigned = [
            node.id
            for node in ast.walk(self.method.node)
            if isinstance(node, ast.Name)
            and isinstance(node.ctx, ast.Store)
            and node.lineno < self.node.lineno
        ]
        return list(dict.fromkeys([*self.method.arguments, *assigned]))

    @property
    def attributes(self) -> list[str]:
        """What the class sets on `self`."""
        return list(
            dict.fromkeys(
                node.attr
                for node in ast.walk(self.method.owner)
                if is_own(node) and isinstance(node.ctx, ast.Store)
            )
        )


def sites(method: Method) -> Iterator[Site]:
    """Yield every expression of a method, in the order of the text, the larger one first."""
    found = [
        Site(node, parent, method)
        for statement in method.body
        for parent in ast.walk(statement)
        for node in ast.iter_child_nodes(parent)
        if isinstance(node, ast.expr)
    ]
    yield from sorted(found, key=_place)


def _place(site: Site) -> tuple[int, int, int, int]:
    node = site.node
    end_line, end_column = node.end_lineno or 0, node.end_col_offset or 0
    return node.lineno, node.col_offset, -end_line, -end_column


def is_own(node: ast.AST) -> TypeGuard[ast.Attribute]:
    """Whether a node is an attribute of `self`."""
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    )


def called(node: ast.Call) -> str:
    """Return the last part of the name of what is called: `clip` of `np.clip(...)`."""
    match node.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return str(name)
    return ""


def is_on_module(node: ast.Call) -> bool:
    """Whether a call is `np.something(...)` and not a method of an array."""
    match node.func:
        case ast.Attribute(value=ast.Name(id="np" | "numpy")):
            return True
    return isinstance(node.func, ast.Name)
