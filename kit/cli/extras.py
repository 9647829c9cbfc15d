"""Import nbgrader in a command: fast, or with a word about what is missing."""

from __future__ import annotations

import gc
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from kit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.requirements import Requirement

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
        import nbgrader.apps  # noqa: F401 - to see whether it is there, and whole
        import rich  # noqa: F401 - the same
    except ModuleNotFoundError as error:
        raise _missing(error.name) from error
    except Exception as error:
        raise UsageError(
            f"grading a class needs nbgrader, which cannot be imported ({error!r}); install it "
            "anew: pip install --force-reinstall 'backprop-kit[grade]'"
        ) from error
    finally:
        gc.freeze()
        gc.enable()
    insist_on_versions()


def insist_on_versions() -> None:
    """Raise UsageError where a package is older or newer than the extra says."""
    from importlib.metadata import PackageNotFoundError, version  # late: `--help` needs none of it

    for requirement in _requirements():
        try:
            there = version(requirement.name)
        except PackageNotFoundError:  # a sandbox can do without one; else its import says so
            continue
        if not requirement.specifier.contains(there, prereleases=True):
            raise UsageError(
                f"grading a class needs {requirement.name} {requirement.specifier}, and {there} is "
                "installed: pip install -U 'backprop-kit[grade]'"
            )


def _requirements() -> Iterator[Requirement]:
    from importlib.metadata import PackageNotFoundError, requires

    from packaging.requirements import Requirement

    try:
        texts = requires("backprop-kit") or []
    except PackageNotFoundError:  # a copy that is not installed says nothing
        return
    for requirement in map(Requirement, texts):
        marker = requirement.marker
        extras = ("", "test", "grade")
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras):
            yield requirement


def _missing(name: str | None) -> UsageError:
    return UsageError(f"grading a class needs {name}: pip install 'backprop-kit[grade]'")
