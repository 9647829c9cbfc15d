"""Operators on names: the wrong operand, the wrong attribute, the wrong branch, the wrong key."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from kit.selftest.sites import is_own

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kit.selftest.sites import Operator, Site


def wrong_operand(site: Site) -> Iterator[ast.expr]:
    """Take another argument of the method, or something that it has calculated by then."""
    node = site.node
    known = site.known_names
    of_interest = site.is_value or isinstance(site.parent, ast.Attribute)
    if isinstance(node, ast.Name) and of_interest and node.id in known:
        for name in known:
            if name != node.id:
                yield ast.Name(name, ast.Load())


def wrong_attribute(site: Site) -> Iterator[ast.expr]:
    """Take another attribute of the object."""
    node = site.node
    if isinstance(node, ast.Attribute) and is_own(node) and isinstance(node.ctx, ast.Load):
        for name in site.attributes:
            if name != node.attr:
                yield ast.Attribute(node.value, name, ast.Load())


def wrong_branch(site: Site) -> Iterator[ast.expr]:
    """Take one branch always, or each where the other was due."""
    node = site.node
    if isinstance(node, ast.IfExp):
        yield node.body
        yield node.orelse
        yield ast.IfExp(node.test, node.orelse, node.body)


def wrong_key(site: Site) -> Iterator[ast.expr]:
    """Swap two values of a dictionary, leave one out, or misspell its key."""
    node = site.node
    if not isinstance(node, ast.Dict):
        return
    for place, key in enumerate(node.keys):
        others = [number for number in range(len(node.keys)) if number != place]
        yield ast.Dict(
            [node.keys[number] for number in others], [node.values[number] for number in others]
        )
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            misspelt = [*node.keys]
            misspelt[place] = ast.Constant(f"d{key.value}")
            yield ast.Dict(misspelt, node.values)
    if len(node.values) > 1:
        yield ast.Dict(node.keys, node.values[::-1])


OPERATORS: dict[str, Operator] = {
    "wrong operand": wrong_operand,
    "wrong attribute": wrong_attribute,
    "wrong branch": wrong_branch,
    "wrong key": wrong_key,
}
