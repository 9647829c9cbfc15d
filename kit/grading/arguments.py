"""Work out a test's fixtures without pytest, where they are plain functions.

pytest's way of calling a fixture costs more than the fixture, and a suite that runs for every
submission calls a hundred. Where all fixtures of a test are functions of one test that return a
value, they are called here, in the order that pytest has worked out; where one is anything else
(a generator, parametrized, of a wider scope), pytest calls them all as it always does.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

REQUEST = "request"


class _NotPlainError(Exception):
    """A fixture that is pytest's to call."""


def plain_fixtures(item: pytest.Item) -> list[pytest.FixtureDef[Any]] | None:
    """Return the fixtures of a test, each after those that it needs; None if one is not plain."""
    if not isinstance(item, pytest.Function) or item.cls or hasattr(item, "callspec"):
        return None
    ordered: dict[str, pytest.FixtureDef[Any]] = {}
    try:
        for name in item.fixturenames:
            for fixture in _needed(item, name):
                ordered.setdefault(fixture.argname, fixture)
    except _NotPlainError:
        return None
    return list(ordered.values())


def arguments(item: Any, fixtures: list[pytest.FixtureDef[Any]]) -> dict[str, Any]:
    """Call plain fixtures; return their values by name, for `item.funcargs`."""
    values = {REQUEST: item._request}  # noqa: SLF001 - what pytest hands to a fixture itself
    for fixture in fixtures:
        given = {name: values[name] for name in fixture.argnames}
        values[fixture.argname] = fixture.func(**given)
    return {name: values[name] for name in item.fixturenames}


def _needed(item: Any, name: str) -> Iterator[pytest.FixtureDef[Any]]:
    if name == REQUEST:
        return
    found = item._fixtureinfo.name2fixturedefs.get(name, ())  # noqa: SLF001 - nowhere public
    if len(found) != 1 or not _is_plain(found[0]):
        raise _NotPlainError
    for argument in found[0].argnames:
        yield from _needed(item, argument)
    yield found[0]


def _is_plain(fixture: pytest.FixtureDef[Any]) -> bool:
    function = fixture.func
    is_value = not inspect.isgeneratorfunction(function) and not inspect.iscoroutinefunction(
        function
    )
    return (
        fixture.scope == "function"
        and fixture.params is None
        and inspect.isfunction(function)
        and is_value
    )
