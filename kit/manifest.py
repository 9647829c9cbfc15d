"""Read `assignment.toml`: which files an assignment has, and which exercise owns which part.

The manifest names what is graded and nothing that a test can compute: points live on the hidden
tests, expected values nowhere.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MANIFEST = "assignment.toml"
_EXERCISE_KEYS = {"name", "title", "owns"}
_KEYS = {"title", "files", "exercise", "imports", "limits", "python", "void"}
_VOID_KEYS = {"check", "reason"}


@dataclass(frozen=True, slots=True)
class Exercise:
    """One graded unit: its name, its title, and the parts that the student writes for it.

    `owns` maps a part, `kind:name` as in `activation:relu`, to where a student's file keeps it,
    `file:Class` as in `activations.py:ReLU`.
    """

    name: str
    title: str
    owns: Mapping[str, str]

    @property
    def files(self) -> tuple[str, ...]:
        """The files that this exercise needs, each once, in the order of the manifest."""
        return tuple(dict.fromkeys(place.partition(":")[0] for place in self.owns.values()))


@dataclass(frozen=True, slots=True)
class Manifest:
    """What `assignment.toml` says.

    `imports` are the modules that a submission may import in grading, besides those of every
    assignment (`kit.harness.offered`). `void` maps a hidden check that does not count to the reason.
    """

    title: str
    files: tuple[str, ...]
    exercises: tuple[Exercise, ...]
    imports: tuple[str, ...] = ()
    limits: Mapping[str, Any] = field(default_factory=dict)
    void: Mapping[str, str] = field(default_factory=dict)
    python: tuple[int, int] | None = None  # the version that grades, where it is named

    def exercise(self, name: str) -> Exercise:
        """Return the exercise of that name; raise UsageError where there is none."""
        for exercise in self.exercises:
            if exercise.name == name:
                return exercise
        names = ", ".join(exercise.name for exercise in self.exercises)
        raise UsageError(f"no exercise is called {name!r}; there are: {names}")


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of an assignment's folder; raise UsageError where it does not make sense."""
    path = folder / MANIFEST
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(f"{folder} is not an assignment: it has no {MANIFEST}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError, RecursionError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from None
    try:
        return _check(table)
    except ValueError as error:
        raise UsageError(f"{path} does not describe an assignment: {error}") from None


def without_void(text: str) -> str:
    """Return the text of a manifest without its [[void]] tables, which name hidden tests."""
    table = tomllib.loads(text)
    if table.pop("void", None) is None:
        return text
    kept: list[str] = []
    inside = False
    for line in text.splitlines(keepends=True):
        if line.lstrip().startswith("["):
            inside = line.replace(" ", "").startswith("[[void]]")
            while inside and kept and kept[-1].startswith("#"):  # the remarks above belong to it
                kept.pop()
        if not inside:
            kept.append(line)
    rest = "".join(kept).rstrip() + "\n"
    if _values(rest) != table:
        raise UsageError(f"{MANIFEST}: write each void check as a table of its own, [[void]]")
    return rest


def _values(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}


def _check(table: dict[str, Any]) -> Manifest:
    if unknown := set(table) - _KEYS:
        raise ValueError(f"unknown key {min(unknown)!r}")
    entries = table.get("exercise")
    if not isinstance(entries, list) or not entries:
        raise ValueError("it has no [[exercise]]")
    exercises = tuple(_exercise(entry) for entry in entries)
    names = [exercise.name for exercise in exercises]
    if len(set(names)) != len(names):
        raise ValueError("two exercises have the same name")
    files = table.get("files")
    if not isinstance(files, list):
        raise ValueError(f"`files` is a list of names, not {files!r}")  # noqa: TRY004 - see the caller
    for exercise in exercises:
        if missing := set(exercise.files) - {_text("files", name) for name in files}:
            raise ValueError(f"{exercise.name} needs {min(missing)}, which `files` leaves out")
    limits = table.get("limits", {})
    if not isinstance(limits, dict):
        raise ValueError(f"`limits` is a table, not {limits!r}")  # noqa: TRY004 - the same
    imports = table.get("imports", [])
    if not isinstance(imports, list):
        raise ValueError(f"`imports` is a list of modules, not {imports!r}")  # noqa: TRY004 - the same
    modules = tuple(_text("imports", name) for name in imports)
    title, void = _text("title", table.get("title")), _void(table.get("void", []))
    python = _python(table.get("python"))
    return Manifest(title, tuple(files), exercises, modules, limits, void, python)


def _python(version: Any) -> tuple[int, int] | None:
    """Read a version as in "3.11"."""
    if version is None:
        return None
    major, _, minor = _text("python", version).partition(".")
    if major != "3" or not minor.isdecimal():
        raise ValueError(f'`python` is a version as in "3.11", not {version!r}')
    return 3, int(minor)


def _void(entries: Any) -> dict[str, str]:
    void: dict[str, str] = {}
    for entry in entries if isinstance(entries, list) else [entries]:
        if not isinstance(entry, dict) or set(entry) != _VOID_KEYS:
            raise ValueError(f"[[void]] has check and reason, not {entry!r}")
        check = _text("check", entry["check"])
        if check in void:
            raise ValueError(f"[[void]] names {check} twice")
        void[check] = _text("reason", entry["reason"])
    return void


def _exercise(entry: Any) -> Exercise:
    if not isinstance(entry, dict) or set(entry) != _EXERCISE_KEYS:
        came = sorted(entry) if isinstance(entry, dict) else entry
        raise ValueError(f"an exercise has {', '.join(sorted(_EXERCISE_KEYS))}, not {came}")
    owns = entry["owns"]
    if not isinstance(owns, dict) or not owns:
        raise ValueError(f"`owns` is a table from kind:name to file:Class, not {owns!r}")
    for part, place in owns.items():
        if ":" not in part or not isinstance(place, str) or ":" not in place:
            raise ValueError(f"`owns` maps kind:name to file:Class, not {part!r} to {place!r}")
    return Exercise(_text("name", entry["name"]), _text("title", entry["title"]), owns)


def _text(key: str, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f"`{key}` is text, not {value!r}")
    return value
