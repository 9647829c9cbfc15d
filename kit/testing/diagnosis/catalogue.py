"""The words for each misconception: what it looks like, a question, and a longer note.

They live in `notes/*.toml`, one table a misconception, so that a teacher can read and change them
without reading a program. `methods.toml` holds a note and a question for each method of a part.
"""

from __future__ import annotations

import difflib
import functools
import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

from kit.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

METHODS = "methods.toml"
PARTS = {
    "binarycrossentropy": "bce",
    "loss": "bce",
    "layer": "neural_layer",
    "dense": "neural_layer",
    "layer_forward": "neural_layer",
    "layer_backward": "neural_layer",
}


@dataclass(frozen=True, slots=True)
class Misconception:
    """A belief that makes a student's code wrong, in the words that the student reads."""

    name: str
    looks_like: str
    ask: str
    note: str


@functools.cache
def misconceptions() -> Mapping[str, Misconception]:
    """Return the catalogue, by name."""
    tables = [_read(file) for file in _files() if file != METHODS]
    return {name: Misconception(name, **words) for table in tables for name, words in table.items()}


def read_all() -> None:
    """Read the catalogue now: whoever forks copies of this process spares each of them the work."""
    misconceptions()
    _read(METHODS)


def look_up(name: str) -> Misconception:
    """Return a misconception by name."""
    return misconceptions()[name]


def question_about(method: str, kinds: Sequence[str]) -> str:
    """Return a question for a method whose mistake is unknown."""
    table = _read(METHODS)
    _, _, last = method.partition(".")
    words = table.get(kinds[0]) or table.get(_method(method)) or table.get(last) or table["any"]
    return str(words["ask"])


def explain(name: str) -> str:
    """Return the longer note on a misconception, or on a method or a part, as in `relu.backward`.

    Raise UnknownNameError where there is none.
    """
    key = name.strip().lower()
    if found := misconceptions().get(key):
        return (
            f"{found.name}: {found.looks_like}\n\n{found.note.strip()}\n\nAsk yourself: {found.ask}"
        )
    methods = _read(METHODS)
    wanted = {key, _method(key), *_methods_of(key, methods)}
    if notes := [(each, methods[each]) for each in methods if each in wanted]:
        shown = name.strip() if len(notes) == 1 else ""
        return "\n\n".join(_note(shown or each, words) for each, words in notes)
    raise UnknownNameError(_not_found(name, [*misconceptions(), *methods]))


def _methods_of(part: str, methods: Mapping[str, Any]) -> list[str]:
    return [name for name in methods if name.startswith(f"{PARTS.get(part, part)}.")]


def _note(name: str, words: Mapping[str, str]) -> str:
    return f"{name}\n\n{words['note'].strip()}\n\nAsk yourself: {words['ask']}"


def _not_found(name: str, names: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, names, 3, 0.5)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    return f"there is no note on {name!r}{hint}"


def _method(name: str) -> str:
    part, _, method = name.lower().partition(".")
    return f"{PARTS.get(part, part)}.{method}"


def _files() -> list[str]:
    folder = resources.files(__package__) / "notes"
    return sorted(file.name for file in folder.iterdir() if file.name.endswith(".toml"))


@functools.cache
def _read(file: str) -> dict[str, Any]:
    path = resources.files(__package__) / "notes" / file
    return tomllib.loads(path.read_text(encoding="utf-8"))
