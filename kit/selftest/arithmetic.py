"""Operators on arithmetic: a lost sign, another operator, a missing factor, a constant that is off."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from kit.selftest.sites import called

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kit.selftest.sites import Operator, Site

OTHERS: dict[type[ast.operator], list[ast.operator]] = {
    ast.Add: [ast.Sub(), ast.Mult()],
    ast.Sub: [ast.Add(), ast.Mult()],
    ast.Mult: [ast.Add(), ast.Sub(), ast.Div(), ast.MatMult()],
    ast.Div: [ast.Mult(), ast.Sub()],
    ast.MatMult: [ast.Mult()],
}
COMPARISONS: list[ast.cmpop] = [ast.Gt(), ast.GtE(), ast.Lt(), ast.LtE(), ast.Eq(), ast.NotEq()]
TINY = 1e-6


def sign(site: Site) -> Iterator[ast.expr]:
    """Lose a minus, or add one."""
    node, parent = site.node, site.parent
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield node.operand
    product = isinstance(parent, ast.BinOp) and not isinstance(parent.op, ast.Add | ast.Sub)
    worth_it = isinstance(node, ast.BinOp | ast.Call | ast.Name | ast.Attribute)
    if worth_it and site.is_value and not product and not isinstance(parent, ast.UnaryOp):
        yield ast.UnaryOp(ast.USub(), node)


def other_operator(site: Site) -> Iterator[ast.expr]:
    """Take another arithmetic operator."""
    node = site.node
    if isinstance(node, ast.BinOp):
        for other in OTHERS.get(type(node.op), []):
            yield ast.BinOp(node.left, other, node.right)


def operand_left_out(site: Site) -> Iterator[ast.expr]:
    """Leave a factor or a term out."""
    if isinstance(site.node, ast.BinOp):
        yield site.node.left
        yield site.node.right


def operands_swapped(site: Site) -> Iterator[ast.expr]:
    """Swap the operands where their order matters."""
    node = site.node
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub | ast.Div | ast.MatMult):
        yield ast.BinOp(node.right, node.op, node.left)


def comparison(site: Site) -> Iterator[ast.expr]:
    """Compare in another way."""
    node = site.node
    if not isinstance(node, ast.Compare) or len(node.ops) != 1:
        return
    if isinstance(node.ops[0], ast.Is):
        yield ast.Compare(node.left, [ast.IsNot()], node.comparators)
    for other in COMPARISONS if isinstance(node.ops[0], ast.Gt | ast.Lt) else []:
        if type(other) is not type(node.ops[0]):
            yield ast.Compare(node.left, [other], node.comparators)


def constant(site: Site) -> Iterator[ast.expr]:
    """Let a number be off: by a little, by a factor, by its sign."""
    node, parent = site.node, site.parent
    if not isinstance(node, ast.Constant) or isinstance(parent, ast.keyword | ast.Subscript):
        return
    value = node.value
    if isinstance(value, bool) or not isinstance(value, int | float) or 0 < abs(value) < TINY:
        return
    if isinstance(value, int) and not isinstance(parent, ast.Compare | ast.BinOp):
        others: list[float] = [value + 1, value - 1]
    else:
        others = [1.01 * value, 2 * value, -value, 0.0] if value else [0.01, 1.0, -1.0]
    yield from (ast.Constant(round(other, 12)) for other in others)


def clip_bound(site: Site) -> Iterator[ast.expr]:
    """Clip too early, or on one side only."""
    parent = site.parent
    if isinstance(parent, ast.Call) and called(parent) == "clip" and site.node in parent.args[1:]:
        is_lower = site.node is parent.args[1]
        for bound in (1e-3, 0.1):
            yield ast.Constant(bound if is_lower else 1 - bound)
        yield ast.Constant(None)


OPERATORS: dict[str, Operator] = {
    "sign": sign,
    "operator": other_operator,
    "operand left out": operand_left_out,
    "operands swapped": operands_swapped,
    "comparison": comparison,
    "constant": constant,
    "clip bound": clip_bound,
}
