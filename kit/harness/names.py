"""Names of files: which name stands for which, and what is no work of a student's."""

from __future__ import annotations

import difflib
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LEFT_BEHIND = {"__macosx", "__pycache__", "venv", "env", "node_modules", "site-packages"}
_SUFFIXES = re.compile(r"\s*(\.py)+(\.txt)*$")  # Notepad adds .txt
# What browsers and desktops add: "activations (1).py", "activations - Copy.py", "layers 2.py".
_COPY = re.compile(
    r"\s*([-_]?\s*(copy|kopie|copie|copia|cópia)\b(\s*\(?\d+\)?)?|\(\d+\)|[ -]\d\d?)$"
)
_COPY_OF = re.compile(r"^(copy of|kopie von|copie de|copia de)\s+")


def stands_for(name: str, file: str) -> bool:
    """Whether a file of this name is probably meant to be `file`: "Activations (1).py" is."""
    return name == file or (bool(_plain(file)) and _plain(name) == _plain(file))


def is_left_behind(name: str) -> bool:
    """Whether a program has left a file or folder behind, such as __MACOSX or .venv."""
    return name.startswith((".", "~$")) or name.casefold() in _LEFT_BEHIND


def nearest(file: str, names: Iterable[str]) -> str:
    """Return the name that is spelt most like `file`, "" where none is near."""
    found = difflib.get_close_matches(file, sorted(names), n=1, cutoff=0.75)
    return found[0] if found else ""


def _plain(name: str) -> str:
    """Return a name without case, without what copies add; "" where it is no Python file's."""
    text = unicodedata.normalize("NFKC", name).replace("\N{EN DASH}", "-").casefold().strip()
    stem, suffixes = _SUFFIXES.subn("", text)
    if not suffixes:
        return ""
    stem, before = _COPY_OF.sub("", stem), ""
    while stem != before:
        stem, before = _COPY.sub("", stem), stem
    return stem.strip()
