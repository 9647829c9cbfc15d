"""Operators on arrays: a transpose, an axis, a shape, another function, a call left out."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from kit.selftest.sites import called, is_on_module, is_own

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kit.selftest.sites import Operator, Site

# What a name is taken for: the functions that one finds beside it in a table of functions.
SIBLINGS: dict[str, list[str]] = {
    "maximum": ["minimum", "max", "add", "hypot"],
    "minimum": ["maximum", "min"],
    "tanh": ["sinh", "arctan", "sin", "cosh"],
    "exp": ["expm1", "exp2", "log", "sinh"],
    "log": ["log2", "log10", "log1p", "exp"],
    "mean": ["sum", "median", "max", "min", "std"],
    "sum": ["mean", "max", "min", "prod", "cumsum", "std"],
    "sqrt": ["square", "cbrt"],
    "zeros": ["ones"],
    "where": ["choose"],
    "clip": ["round"],
    "float": ["int", "str", "bool"],
}


def transpose(site: Site) -> Iterator[ast.expr]:
    """Forget a transpose, take a reshape for one, or transpose what is right as it is."""
    node, parent = site.node, site.parent
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value
        turned = ast.Subscript(_attribute(node.value, "shape"), _backwards(), ast.Load())
        yield ast.Call(_attribute(node.value, "reshape"), [turned], [])
    calculates = isinstance(parent, ast.BinOp | ast.Compare) and not site.method.is_start
    if calculates and site.is_value and (isinstance(node, ast.Name) or is_own(node)):
        yield _attribute(node, "T")


def axis(site: Site) -> Iterator[ast.expr]:
    """Reduce along another axis, or along all."""
    node, parent = site.node, site.parent
    if isinstance(parent, ast.keyword) and parent.arg == "axis" and isinstance(node, ast.Constant):
        yield from (ast.Constant(other) for other in (0, 1, None) if other != node.value)


def keyword_left_out(site: Site) -> Iterator[ast.expr]:
    """Leave a keyword out of a call."""
    node = site.node
    if not isinstance(node, ast.Call):
        return
    for keyword in node.keywords:
        others = [other for other in node.keywords if other is not keyword]
        yield ast.Call(node.func, node.args, others)


def swapped_in_a_call(site: Site) -> Iterator[ast.expr]:
    """Swap two neighbours among the arguments of a call or in a shape."""
    node = site.node
    if isinstance(node, ast.Call):
        for items in _swapped(node.args):
            yield ast.Call(node.func, items, node.keywords)
    if isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load):
        for items in _swapped(node.elts):
            yield ast.Tuple(items, ast.Load())


def other_function(site: Site) -> Iterator[ast.expr]:
    """Call a function that stands beside the right one."""
    node = site.node
    if isinstance(node, ast.Call):
        for name in SIBLINGS.get(called(node), []):
            func = (
                ast.Name(name, ast.Load())
                if isinstance(node.func, ast.Name)
                else _attribute(node.func.value, name)  # type: ignore[attr-defined]  # `called` knows no third
            )
            yield ast.Call(func, node.args, node.keywords)


def call_left_out(site: Site) -> Iterator[ast.expr]:
    """Take what a function is given for what it returns."""
    node = site.node
    if not isinstance(node, ast.Call):
        return
    if is_on_module(node) and node.args and called(node) != "len":
        yield node.args[0]
    elif isinstance(node.func, ast.Attribute) and not is_on_module(node):
        yield node.func.value


def _swapped(items: list[ast.expr]) -> Iterator[list[ast.expr]]:
    for place in range(len(items) - 1):
        yield [*items[:place], items[place + 1], items[place], *items[place + 2 :]]


def _attribute(value: ast.expr, name: str) -> ast.expr:
    return ast.Attribute(value, name, ast.Load())


def _backwards() -> ast.expr:
    return ast.Slice(None, None, ast.UnaryOp(ast.USub(), ast.Constant(1)))


OPERATORS: dict[str, Operator] = {
    "transpose": transpose,
    "axis": axis,
    "keyword left out": keyword_left_out,
    "arguments swapped": swapped_in_a_call,
    "function": other_function,
    "call left out": call_left_out,
}
