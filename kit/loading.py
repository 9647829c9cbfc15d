"""Run the source of a plugin and read its tables: the only place where foreign code gets in.

Apart from `kit.plugins`, because a grading worker needs these two functions and no registry.
"""

from __future__ import annotations

import difflib
import functools
import inspect
import linecache
import sys
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

import pluggy

from kit import hookspecs
from kit.errors import PluginError

Factory: TypeAlias = Callable[..., Any]

KINDS = {
    "kit_activations": "activation",
    "kit_losses": "loss",
    "kit_layers": "layer",
    "kit_optimizers": "optimizer",
    "kit_datasets": "dataset",
}
METHODS = {
    "activation": ("forward", "backward"),
    "loss": ("forward", "backward"),
    "layer": ("forward", "backward"),
    "optimizer": ("update",),
}


def load_source(text: str, filename: str) -> ModuleType:
    """Execute source text as a module whose tracebacks show its lines."""
    module = ModuleType(_module_name(filename))
    module.__file__ = filename
    # Before the code runs: dataclasses and pickle look the module up while a class is being made.
    sys.modules[module.__name__] = module
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    try:
        # dont_inherit, or this file's own `from __future__` line would hold for the plugin too.
        exec(compile(text, filename, "exec", dont_inherit=True), module.__dict__)  # noqa: S102 - running a plugin is the purpose
    except BaseException:
        sys.modules.pop(module.__name__, None)
        raise
    return module


def tables(module: ModuleType) -> dict[tuple[str, str], Factory]:
    """Gather what a module's hooks return: `{("activation", "relu"): ReLU}`."""
    parts: dict[tuple[str, str], Factory] = {}
    for hook, function in _hooks(module):
        kind = KINDS[hook]
        table = function()
        if not isinstance(table, Mapping):
            raise PluginError(f"{hook} must return a dict from names to classes, not {table!r}")
        for name, factory in table.items():
            _check_name(hook, name)
            check_factory(kind, name, factory)
            parts[kind, name] = factory
    return parts


def check_factory(kind: str, name: str, factory: Any) -> None:
    """Raise a PluginError unless `factory` can be a part of this kind."""
    if kind == "dataset":
        if not callable(factory):
            raise PluginError(f"dataset {name!r} must be a function, not {factory!r}")
        return
    plain = factory.func if isinstance(factory, functools.partial) else factory
    if not inspect.isclass(plain):
        raise PluginError(f"{kind} {name!r} must be a class, not {factory!r}")
    for method in METHODS[kind]:
        if not callable(getattr(plain, method, None)):
            raise PluginError(f"{kind} {name!r}: class {plain.__name__} has no method {method!r}")


def suggestion(word: str, known: list[str]) -> str:
    """Return "; did you mean 'relu'?", or what there is when nothing is near."""
    near = difflib.get_close_matches(word, known, n=1)
    if near:
        return f"; did you mean {near[0]!r}?"
    return f"; there are: {', '.join(known)}" if known else "; there are none"


def _module_name(filename: str) -> str:
    """Two folders may hold an `activations.py` each, so the name tells paths apart."""
    path = Path(filename).absolute()
    return f"kit_file_{zlib.crc32(bytes(path)):08x}_{path.stem}"


def _hooks(module: ModuleType) -> list[tuple[str, Callable[[], Any]]]:
    """Let pluggy check the functions that a module marks, and return them by hook."""
    # A manager for each module: a plugin that fails half-way leaves nothing behind in it.
    manager = pluggy.PluginManager("kit")
    manager.add_hookspecs(hookspecs)
    try:
        manager.register(module)
    except pluggy.PluginValidationError as error:
        raise PluginError(f"a hook takes no argument: {str(error).splitlines()[-1]}") from error
    callers = manager.get_hookcallers(module)
    if not callers:
        raise PluginError(
            f"no function is marked with @kit.hookimpl; there are: {', '.join(KINDS)}"
        )
    for caller in callers:
        if not caller.has_spec():
            raise PluginError(f"no hook is called {caller.name}{suggestion(caller.name, [*KINDS])}")
    return [(caller.name, caller.get_hookimpls()[0].function) for caller in callers]


def _check_name(hook: str, name: Any) -> None:
    if not isinstance(name, str) or not name.strip():
        raise PluginError(f"{hook}: a name must be a word, not {name!r}")
    if "/" in name or ":" in name:
        raise PluginError(f"{hook}: the name {name!r} must not contain '/' or ':'")
