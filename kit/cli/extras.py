"""Import nbgrader in a command: fast, or with a word about what is missing."""

from __future__ import annotations

import gc
import sys
from importlib.util import find_spec
from typing import Any

from kit.errors import UsageError

EXTRAS = {
    "grade": ("nbgrader", "rich", "nbconvert", "nbformat", "traitlets", "seccompy", "landlockpy"),
    "test": ("pytest", "_pytest"),
    "plots": ("matplotlib",),
    "cluster": ("distributed",),
}


def missing_extra(error: BaseException) -> str:
    """Say which extra an import asks for that is not installed, "" where it is another error."""
    if isinstance(error, ModuleNotFoundError) and error.name:
        name = error.name.partition(".")[0]
        for extra, modules in EXTRAS.items():
            if name in modules:
                return f"this command needs {name}: pip install 'backprop-kit[{extra}]'"
    return ""


def look_for_nbgrader() -> None:
    """Raise UsageError where the extra is not installed; nothing is imported, which takes long."""
    for name in ("nbgrader", "rich"):
        if find_spec(name) is None:
            raise _missing(name)


def need_nbgrader() -> None:
    """Import nbgrader; raise UsageError where the extra is not installed."""
    modules: dict[str, Any] = sys.modules
    # It checks addresses in JSON schemas, which nobody here asks for, and takes a second to import.
    modules.setdefault("rfc3987_syntax", None)
    gc.disable()  # what is imported stays: to look for garbage in it takes an eighth of the time
    try:
        import nbgrader  # noqa: F401 - to see whether it is there
        import rich  # noqa: F401 - the same
    except ImportError as error:
        raise _missing(error.name) from error
    finally:
        gc.freeze()
        gc.enable()


def _missing(name: str | None) -> UsageError:
    return UsageError(f"grading a class needs {name}: pip install 'backprop-kit[grade]'")
