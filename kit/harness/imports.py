"""The `import` of a submission: it finds what grading offers, at the student's side as in a worker.

A module's `__builtins__` are what Python looks names up in, and `__import__` among them is what an
`import` calls. So a submission gets builtins of its own, and no other import is looked at.
"""

from __future__ import annotations

import builtins
import functools
import importlib
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from kit.harness.offered import OFFER, is_offered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

MARK = "__kit_imports__"
_import_module = importlib.import_module


def builtins_offering(more: Sequence[str] = ()) -> dict[str, Any]:
    """Return builtins whose imports find what grading offers, and `more`."""
    importlib.import_module = _checked_import_module
    changed = {
        "__import__": functools.partial(_import, tuple(more)),
        "input": _no_keyboard,
        MARK: tuple(more),
    }
    return {**vars(builtins), **changed}


def _no_keyboard(_prompt: object = "") -> str:
    raise EOFError("in grading there is no keyboard; remove `input(...)`")


def _import(
    more: Sequence[str],
    name: str,
    names: Mapping[str, Any] | None = None,
    local: Mapping[str, Any] | None = None,
    fromlist: Sequence[str] | None = (),
    level: int = 0,
) -> Any:
    """Do what `import` does, for a module that is offered."""
    if level == 0:
        _require(name, more, lambda: _statement(name, fromlist))
        if name == "kit":
            for inner in fromlist or ():
                if inner != "*" and _is_module(f"kit.{inner}"):
                    _require(f"kit.{inner}", more, lambda: _statement(name, fromlist))
    return builtins.__import__(name, names, local, fromlist or (), level)


def _checked_import_module(name: str, package: str | None = None) -> Any:
    """Check what a submission asks `importlib.import_module` for."""
    more = sys._getframe(1).f_builtins.get(MARK)  # noqa: SLF001 - the only way to the caller
    if more is not None and not name.startswith("."):
        _require(name, more, lambda: f'import_module("{name}")')
    return _import_module(name, package)


def _require(name: str, more: Sequence[str], statement: Callable[[], str]) -> None:
    if is_offered(name, more) or _is_submission(name):
        return
    line = sys._getframe(2).f_lineno  # noqa: SLF001 - the line of the import itself
    raise ModuleNotFoundError(f"{OFFER}; remove `{statement()}` (line {line})", name=name)


def _statement(name: str, fromlist: Sequence[str] | None) -> str:
    """Write an import as a student does; an `as` is not known here."""
    if not fromlist:
        return f"import {name}"
    return f"from {name} import {', '.join(fromlist)}"


def _is_submission(name: str) -> bool:
    """Whether a module is a submission's own, which pickle imports by the name of its class."""
    return MARK in getattr(sys.modules.get(name), "__builtins__", ())


def _is_module(name: str) -> bool:
    try:
        return name in sys.modules or find_spec(name) is not None
    except ImportError:
        return True
