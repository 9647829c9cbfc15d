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
from types import FrameType, ModuleType
from typing import Any, TypeAlias

import pluggy

from kit import hookspecs
from kit.errors import PluginError
from kit.missing import no_class, no_method

Factory: TypeAlias = Callable[..., Any]

FILE_MODULE = "kit_file_"  # how the names of modules begin that are loaded by their paths
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


def load_source(text: str, filename: str, builtins: Mapping[str, Any] | None = None) -> ModuleType:
    """Execute source text as a module whose tracebacks show its lines.

    `builtins` are what it finds in the place of Python's own, such as another `import`.
    """
    module = ModuleType(_module_name(filename))
    if builtins is not None:
        module.__dict__["__builtins__"] = dict(builtins)
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


def find_part(
    part: str,
    place: str,
    module: ModuleType,
    table: Mapping[tuple[str, str], Factory],
    sources: Mapping[str, str],
) -> Factory:
    """Find a part by its file's hook table, or else by the class that the manifest names.

    `part` is as in "activation:relu", `place` as in "activations.py:ReLU"; `sources` are the texts
    of all files, where a class may be by mistake.
    """
    file, _, class_name = place.partition(":")
    kind, _, name = part.partition(":")
    found = table.get((kind, name)) or getattr(module, class_name, None)
    if not callable(found):
        raise no_class(file, class_name, module, sources)
    return found


def tables_or_none(module: ModuleType) -> dict[tuple[str, str], Factory]:
    """Return a module's tables; nothing where one fails, which may stand beside a right class."""
    try:
        return tables(module)
    except (Exception, SystemExit):  # noqa: BLE001 - a plugin may raise anything
        return {}


def check_factory(kind: str, name: str, factory: Any) -> None:
    """Raise a PluginError unless `factory` can be a part of this kind."""
    if kind == "dataset":
        if not callable(factory):
            raise PluginError(f"dataset {name!r} must be a function, not {factory!r}")
        return
    plain = factory.func if isinstance(factory, functools.partial) else factory
    if not inspect.isclass(plain):
        raise PluginError(f"{kind} {name!r} must be a class, not {factory!r}")
    if lacking := lacking_methods(kind, plain):
        raise PluginError(f"{kind} {name!r}: {no_method(plain, lacking[0])}")


def lacking_methods(kind: str, plain: type) -> list[str]:
    """Return the methods that objects of a class will not have, as far as the class shows it."""
    return [
        method
        for method in METHODS[kind]
        if not callable(getattr(plain, method, None)) and not _may_set(plain, method)
    ]


def _may_set(plain: type, name: str) -> bool:
    """Whether a class gives its objects an attribute of that name when they are made."""
    codes = [getattr(getattr(plain, each), "__code__", None) for each in ("__init__", "__new__")]
    return hasattr(plain, "__getattr__") or any(
        code and name in {*code.co_names, *code.co_consts} for code in codes
    )


def suggestion(word: str, known: list[str]) -> str:
    """Return "; did you mean 'relu'?", or what there is when nothing is near."""
    near = difflib.get_close_matches(word, known, n=1)
    if near:
        return f"; did you mean {near[0]!r}?"
    return f"; there are: {', '.join(known)}" if known else "; there are none"


def is_of_file(frame: FrameType) -> bool:
    """Whether a frame runs code of a file that was loaded by its path, such as a student's."""
    return str(frame.f_globals.get("__name__", "")).startswith(FILE_MODULE)


def _module_name(filename: str) -> str:
    """Two folders may hold an `activations.py` each, so the name tells paths apart."""
    path = Path(filename).absolute()
    return f"{FILE_MODULE}{zlib.crc32(bytes(path)):08x}_{path.stem}"


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
