"""Wrap a method of the reference in another one that spoils what it returns, keeps or touches.

The wrapper is appended to the student's file, so the mutant is a submission like any other.
"""

from __future__ import annotations

import ast
from textwrap import indent
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kit.selftest.methods import Method

Place: TypeAlias = tuple[int | str, ...]

WRAPPER = """

import functools

import numpy as np


def _changed(value, place, change):
    if not place:
        return change(value)
    first, *rest = place
    if isinstance(value, dict):
        return {{**value, first: _changed(value[first], rest, change)}}
    pairs = enumerate(value)
    return tuple(_changed(each, rest, change) if key == first else each for key, each in pairs)


def _wrapped(right):
    @functools.wraps(right)
    def method(self, *arguments):
{body}

    return method


{owner}.{name} = _wrapped({owner}.{name})
"""


def wrapped(method: Method, body: str) -> str:
    """Return the source of the file with the method in a wrapper.

    The body sees `right`, `self` and `arguments`, and returns the answer.
    """
    owner, name = method.owner.name, method.node.name
    return method.source + WRAPPER.format(body=indent(body, " " * 8), owner=owner, name=name)


def after_the_call(statement: str) -> str:
    """Return the body of a wrapper that does something after the call."""
    return f"result = right(self, *arguments)\n{statement}\nreturn result"


def with_output(method: Method, place: Place, expression: str) -> str:
    """Return the source with one output changed: an expression of `value` and `count`."""
    return wrapped(
        method,
        "result, count = right(self, *arguments), len(arguments[0])\n"
        f"return _changed(result, {place!r}, lambda value: {expression})",
    )


def outputs(method: Method) -> list[Place]:
    """Return where in its answer a method's arrays are: `(1, "bias")`, or `()` for all of it."""
    returns = [node for node in ast.walk(method.node) if isinstance(node, ast.Return)]
    if not returns or returns[-1].value is None:
        return [()]
    return list(_leaves(returns[-1].value, _assigned(method)))


def in_words(place: Place) -> str:
    """Return how a name calls an output: `result 0`, `weights`."""
    if not place:
        return "result"
    return str(place[-1]) if isinstance(place[-1], str) else f"result {place[-1]}"


def parameters(method: Method) -> list[str]:
    """Return the names of the attributes that the class calls its parameters."""
    for node in method.owner.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="parameters")], value=ast.Tuple(elts=names)):
                return [str(name.value) for name in names if isinstance(name, ast.Constant)]
    return []


def is_gradient_of_parameter(place: Place) -> bool:
    """Whether an output has a name: then it has the shape of a parameter, and no batch."""
    return bool(place) and isinstance(place[-1], str)


def returns_a_number(method: Method) -> bool:
    """Whether a method says that it returns one number: `return float(...)`."""
    match method.body[-1]:
        case ast.Return(value=ast.Call(func=ast.Name(id="float"))):
            return True
    return False


def _assigned(method: Method) -> dict[str, ast.expr]:
    return {
        node.targets[0].id: node.value
        for node in ast.walk(method.node)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }


def _leaves(node: ast.expr, assigned: dict[str, ast.expr]) -> Iterator[Place]:
    if isinstance(node, ast.Name) and isinstance(assigned.get(node.id), ast.Tuple | ast.Dict):
        node = assigned[node.id]
    if isinstance(node, ast.Tuple):
        for number, each in enumerate(node.elts):
            yield from ((number, *rest) for rest in _leaves(each, assigned))
    elif isinstance(node, ast.Dict):
        for key, each in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield from ((key.value, *rest) for rest in _leaves(each, assigned))
    else:
        yield ()
