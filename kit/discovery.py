"""Find plugins without running them: those that are installed, and files named by their paths.

Our own loop over the distributions, and not pluggy's `load_setuptools_entrypoints`: that one stops
at the first plugin that is broken, and of two with one name it drops the second, in the order of
the file system.
"""

from __future__ import annotations

import importlib
import os
import re
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from kit.errors import PluginError, SubmissionError, UsageError
from kit.loading import Factory, load_source, tables
from kit.manifest import MANIFEST, read_manifest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from importlib.metadata import Distribution
    from types import ModuleType

Gathered: TypeAlias = tuple[
    Mapping[tuple[str, str], Factory], Mapping[tuple[str, str], SubmissionError]
]
GROUP = "kit"
LOCAL = "local"


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """A plugin that was found, and not imported yet."""

    project: str  # the distribution ("kit-gelu"), or "local"
    version: str
    target: str  # what to import: a module, or the path of a local file

    @property
    def is_file(self) -> bool:
        """Whether somebody named a file by its path; otherwise it is an installed module."""
        return self.project == LOCAL

    def load(self) -> ModuleType:
        """Import the module, or run the file."""
        if self.is_file:
            with tokenize.open(self.target) as file:  # decodes as Python itself would
                return load_source(file.read(), self.target)
        if not self.target:
            raise PluginError(
                "nothing to load: it is not installed, or its entry points are broken"
            )
        if ":" in self.target:
            raise PluginError(f"the entry point must name a module, not {self.target!r}")
        return importlib.import_module(self.target)

    def parts(self) -> Gathered:
        """Return what it provides by kind and name, and what of it cannot be had."""
        return tables(self.load()), {}

    def __str__(self) -> str:
        return self.target if self.is_file else f"{self.project} {self.version}".rstrip()


def find(files: Iterable[str | Path] = ()) -> list[Source]:
    """List the plugins there are, in an order that does not depend on the file system.

    `files` are files and folders to look at besides what is installed. The variable KIT_PLUGINS
    narrows down the latter: empty for none, or distributions with commas between them.
    """
    paths = {path.absolute(): path for each in files for path in _python_files(Path(each))}
    local = [Source(LOCAL, "", str(path)) for path in paths.values()]
    return [*local, *sorted(_chosen(_installed()))]


def _python_files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    elif (path / MANIFEST).is_file():
        yield from (path / name for name in read_manifest(path).files)
    elif path.is_dir():
        yield from filter(_is_plugin, sorted(path.glob("*.py")))
    else:
        raise UsageError(f"no file or folder is called {str(path)!r}")


def _is_plugin(path: Path) -> bool:
    """Judge by the text: a script must not run merely because it lies beside a plugin."""
    is_test = path.name.startswith("test_") or path.name == "conftest.py"
    return not is_test and b"hookimpl" in path.read_bytes()


def _installed() -> set[Source]:
    from importlib.metadata import distributions

    found: dict[str, set[Source]] = {}
    for distribution in distributions():
        if f"[{GROUP}]" in (distribution.read_text("entry_points.txt") or ""):
            name = _field(distribution, "Name") or "unknown"
            # The first on the path wins, as it does when its module is imported.
            found.setdefault(normalized(name), _entry_points(name, distribution))
    return set().union(*found.values())


def _entry_points(name: str, distribution: Distribution) -> set[Source]:
    version = _field(distribution, "Version")
    try:
        points = distribution.entry_points.select(group=GROUP)
        return {Source(name, version, point.value) for point in points}
    except Exception:  # noqa: BLE001 - metadata that cannot be parsed is a broken plugin like any other
        return {Source(name, version, "")}


def _field(distribution: Distribution, name: str) -> str:
    try:
        metadata = distribution.metadata
    except Exception:  # noqa: BLE001 - of a broken installation; what is raised depends on the finder
        return ""
    if name not in metadata:  # to ask all the same is deprecated
        return ""
    return metadata[name]


def _chosen(installed: set[Source]) -> set[Source]:
    setting = os.environ.get("KIT_PLUGINS")
    if setting is None:
        return installed
    wanted = {normalized(name): name for name in map(str.strip, setting.split(",")) if name}
    chosen = {source for source in installed if normalized(source.project) in wanted}
    there = {normalized(source.project) for source in chosen}
    return chosen | {Source(name, "", "") for key, name in wanted.items() if key not in there}


def normalized(project: str) -> str:
    """Spell a distribution's name as the package index compares it."""
    return re.sub(r"[-_.]+", "-", project).lower()
