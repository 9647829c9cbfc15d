"""Words for what a submission lacks: a file that loads, a class, a method.

The same words in `pytest`, in `kit train` and in grading.
"""

from __future__ import annotations

import builtins
import difflib
import inspect
import re
from typing import TYPE_CHECKING, Any

from kit.errors import PartError, SubmissionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import ModuleType

REACHES = "a submission reaches no file, process or network"
_NAME_LIMIT = 40
_SHOWN = 6
_CONTRACT = {"forward", "backward", "update"}


def not_handed_in(file: str) -> SubmissionError:
    """Return the error of asking for a part whose file is not there."""
    return SubmissionError("FileNotFoundError", f"{file} was not handed in", file)


def not_loaded(file: str, error: PartError) -> SubmissionError:
    """Return the error of a file that raises while it is loaded: no input has to do with it."""
    line = error.line if error.file == file else 0
    place = f" in line {line}" if line else ""
    text = f": {error.text}" if error.text else ""
    raised = getattr(builtins, error.name, None)
    if isinstance(raised, type) and issubclass(raised, OSError) and REACHES not in text:
        text = f"{text.rstrip('.')}; {REACHES}"
    return SubmissionError(
        error.name, f"{file} cannot be loaded: {error.name}{place}{text}", file, line
    )


def no_class(
    file: str, name: str, module: ModuleType, sources: Mapping[str, str]
) -> SubmissionError:
    """Return the error of a file that lacks a class, with the one that was probably meant."""
    return SubmissionError(
        "AttributeError", f"{file} has no class {name}{_instead(name, module, sources)}", file
    )


def no_method(part: Any, name: str) -> SubmissionError:
    """Return the error of an object, or a class, that lacks a method."""
    plain = part if inspect.isclass(part) else type(part)
    there = {
        each
        for each in (*vars(plain), *getattr(part, "__dict__", {}))
        if callable(getattr(part, each, None)) and (each == "__call__" or each[:2] != "__")
    }
    meant = near(name, there - _CONTRACT) or ("__call__" if "__call__" in there else "")
    hint = f"; did you mean {meant[:_NAME_LIMIT]}?" if meant else _list("its methods", there)
    return SubmissionError(
        "AttributeError", f"class {plain.__name__[:_NAME_LIMIT]} has no method {name}{hint}"
    )


def near(word: str, known: Iterable[str]) -> str:
    """Return the one of the known names that is spelt most like a word, "" where none is."""
    names = {_plain(name): name for name in sorted(known)}
    found = difflib.get_close_matches(_plain(word), names, n=1)
    return names[found[0]] if found else ""


def _plain(name: str) -> str:
    return name.replace("_", "").casefold()


def _instead(name: str, module: ModuleType, sources: Mapping[str, str]) -> str:
    own = {
        key: value
        for key, value in vars(module).items()
        if getattr(value, "__module__", None) == module.__name__
    }
    classes = {key for key, value in own.items() if inspect.isclass(value)}
    elsewhere = [file for file, text in sources.items() if _defines(text, name)]
    if meant := near(name, classes):
        return f"; did you mean {meant[:_NAME_LIMIT]}?"
    if elsewhere:
        return f"; it is in {elsewhere[0]}, and is looked for here only"
    if meant := near(name, {key for key, value in own.items() if inspect.isfunction(value)}):
        return f"; {meant[:_NAME_LIMIT]} is a function, and a class is asked for"
    return _list("its classes", classes) or "; it has no class at all"


def _defines(text: str, name: str) -> bool:
    return re.search(rf"^class\s+{re.escape(name)}\b", text, re.MULTILINE) is not None


def _list(what: str, names: set[str]) -> str:
    shown = [name[:_NAME_LIMIT] for name in sorted(names)[:_SHOWN]]
    return f"; {what}: {', '.join(shown)}" if shown else ""
