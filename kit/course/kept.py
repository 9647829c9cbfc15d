"""Keep what a teacher has added to the notebook of an assignment: only the kit's cells are replaced.

A cell of the kit has its mark and its grade id. It stays where it was moved to. The text above the
exercises is the teacher's once it is edited: the mark holds a hash of what the kit had written.
"""

from __future__ import annotations

import hashlib
import json
import logging
from typing import TYPE_CHECKING, Any

from kit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    Cell = dict[str, Any]

MARK = "kit"  # a key of a cell's metadata
_FLAGS = ("grade", "solution", "task")
_log = logging.getLogger(__name__)


def read_notebook(path: Path) -> dict[str, Any] | None:
    """Return the notebook as it is; None where there is none; raise UsageError for anything else."""
    if not path.exists():
        return None
    try:
        notebook = json.loads(path.read_text(encoding="utf-8-sig"))
        is_one = notebook["nbformat"] == 4 and all(_is_cell(it) for it in notebook["cells"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OSError) as error:
        raise UsageError(
            f"{path} is not a notebook: {error!r}; mend it, or delete it and build again"
        ) from error
    if not is_one:
        raise UsageError(f"{path} is a notebook of an old format; open it in Jupyter and save it")
    return dict(notebook)


def keep_added(generated: Mapping[str, Any], there: Mapping[str, Any]) -> dict[str, Any]:
    """Return the notebook that is there, with the generated cells in the place of their old form."""
    ours = {cell["id"]: cell for cell in generated["cells"]}
    cells = [it for cell in there["cells"] for it in _renewed(cell, ours)]
    names = [name for cell in cells if (name := _grade_id(cell))]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise UsageError(f"two cells of the notebook are called {twice[0]!r}; rename or delete one")
    _insert_missing(cells, ours)
    _give_ids(cells, set(ours))
    minor = max(there.get("nbformat_minor", 0), generated["nbformat_minor"])
    metadata = {**generated["metadata"], **there.get("metadata", {})}
    return {**there, "cells": cells, "metadata": metadata, "nbformat_minor": minor}


def digest(source: str) -> str:
    """Return a short hash of the text of a cell."""
    return hashlib.sha256(source.encode()).hexdigest()[:16]


def _renewed(cell: Cell, ours: Mapping[str, Cell]) -> Iterable[Cell]:
    """Yield what becomes of a cell; nothing of one of the kit's that the manifest has no more."""
    name = _grade_id(cell)
    new = ours.get(name or "")
    if new is None:
        if not _is_as_written(cell):
            _warn_of_test(cell, name)
            yield {**cell, "metadata": {k: v for k, v in cell["metadata"].items() if k != MARK}}
        return
    if MARK not in cell["metadata"] and not _is_alike(cell, new):
        raise UsageError(
            f"a cell of the notebook is called {name!r}, as one of the kit's; give it another name"
        )
    renewed = {**new, "metadata": {**cell["metadata"], **new["metadata"]}}
    yield _as_edited(cell, renewed) if new["cell_type"] == "markdown" else renewed


def _as_edited(cell: Cell, renewed: Cell) -> Cell:
    """Return the text of the kit's as a teacher has edited it, else the new one."""
    text, new = _text(cell), renewed["metadata"][MARK]
    written = cell["metadata"].get(MARK, new)
    if digest(text) == written.get("written"):
        return renewed
    return {**renewed, "source": cell["source"], "metadata": {**renewed["metadata"], MARK: written}}


def _is_as_written(cell: Cell) -> bool:
    return bool(cell["metadata"].get(MARK, {}).get("written") == digest(_text(cell)))


def _insert_missing(cells: list[Cell], ours: Mapping[str, Cell]) -> None:
    """Put each generated cell that is not there after the one that comes before it."""
    place = 0
    for name, cell in ours.items():
        found = [number for number, it in enumerate(cells) if _grade_id(it) == name]
        if not found:
            cells.insert(place, cell)
        place = (found[0] if found else place) + 1


def _give_ids(cells: list[Cell], taken: set[str]) -> None:
    """Give an id to each added cell without one: the format wants it, and the same one each time."""
    for cell in cells:
        if MARK in cell["metadata"]:
            continue
        wanted = base = str(cell.get("id") or f"added-{digest(_text(cell))}")
        number = 1
        while wanted in taken:
            number += 1
            wanted = f"{base[:60]}-{number}"
        cell["id"] = wanted
        taken.add(wanted)


def _warn_of_test(cell: Cell, name: str | None) -> None:
    about = cell["metadata"].get("nbgrader", {})
    if about.get("grade") and not about.get("solution") and cell["cell_type"] == "code":
        _log.warning(
            "the cell %r is a test, and the kit runs no code of a notebook: its points wait for a "
            "human; a hidden test in tests/hidden/ is run",
            name,
        )


def _is_alike(cell: Cell, new: Cell) -> bool:
    about, wanted = (it["metadata"]["nbgrader"] for it in (cell, new))
    flags = all(bool(about.get(flag)) == wanted[flag] for flag in _FLAGS)
    return flags and cell["cell_type"] == new["cell_type"]


def _grade_id(cell: Cell) -> str | None:
    name = cell["metadata"].get("nbgrader", {}).get("grade_id")
    return str(name) if name else None


def _is_cell(cell: Cell) -> bool:
    about = cell["metadata"].get("nbgrader", {})
    return (
        isinstance(about, dict) and isinstance(cell["cell_type"], str) and _text(cell) is not None
    )


def _text(cell: Cell) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)
