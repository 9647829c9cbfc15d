"""Put into words that a method takes other arguments than the contract gives it."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kit.errors import PartError

MISFIT = re.compile(
    r"takes (?:from \d+ to )?(\d+) positional arguments? but \d+ (?:was|were) given"
    r"|missing \d+ required (?:positional|keyword-only) argument"
)


def other_arguments(
    error: PartError | None, asked: str, sources: Mapping[str, str], place: str
) -> str:
    """Return what a method gets and what the student's takes, "" where that is not what was raised.

    `asked` is the call as the contract makes it, as in `backward(grad, x, y)`. Python's own words
    count only if the exception was raised outside of the student's lines, which is the call itself.
    """
    if error is None or error.name != "TypeError" or error.file:
        return ""
    found = MISFIT.search(error.text)
    if not found:
        return ""
    method, _, given = asked.rstrip(")").partition("(")
    gets = given.split(", ")
    own = _parameters(sources, place, method)
    takes = _number(found[1]) if own is None else _takes(own, gets)
    return f"{method} gets {_listed(gets)}; yours takes {takes}"


def _takes(own: Sequence[str], gets: Sequence[str]) -> str:
    if own and own[0] in gets:
        return f"{_listed(own)}, and no `self` before"
    alone = " alone" if len(own) == 2 else ""
    return _listed(own[1:]) + alone if own[1:] else "nothing"


def _number(taken: str | None) -> str:
    if taken is None:
        return "more"
    number = int(taken) - 1  # `self` counts in Python's words
    return "one argument" if number == 1 else f"{max(number, 0)} arguments"


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _parameters(sources: Mapping[str, str], place: str, method: str) -> list[str] | None:
    """Return the parameters of a student's method by its text, None where it is not found there."""
    file, _, class_name = place.partition(":")
    try:
        tree = ast.parse(sources.get(file, ""))
    except (SyntaxError, ValueError):
        return None
    found = [
        each
        for part in ast.walk(tree)
        if isinstance(part, ast.ClassDef) and part.name == class_name
        for each in part.body
        if isinstance(each, ast.FunctionDef) and each.name == method and not each.decorator_list
    ]
    if len(found) != 1:
        return None
    given = found[0].args
    by_name = [f"{each.arg} (by name only)" for each in given.kwonlyargs]
    return [*(each.arg for each in (*given.posonlyargs, *given.args)), *by_name]
