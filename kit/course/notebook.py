"""Write the thin notebook that nbgrader needs: a graded cell an exercise, a cell a student's file.

These cells are generated, and committed. A cell's id is its grade id, so that the same manifest and
the same points give the same bytes. What a teacher adds to the notebook stays (`kit.course.kept`).
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from kit.course.kept import MARK, digest, keep_added
from kit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from kit.manifest import Exercise, Manifest

PLACEHOLDER = "# The feedback shows your file here."
_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
_CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def notebook_text(
    manifest: Manifest, points: Mapping[str, float], there: Mapping[str, Any] | None = None
) -> str:
    """Return the notebook as JSON text; `points` maps every exercise to what it is worth.

    `there` is the notebook as a teacher has left it.
    """
    cells = [
        _about(manifest),
        *(_graded(exercise, points) for exercise in manifest.exercises),
        *(_submitted(name) for name in manifest.files),
    ]
    _check_ids([cell["id"] for cell in cells])
    metadata = {"kernelspec": _KERNEL, "language_info": {"name": "python"}}
    notebook = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    notebook = keep_added(notebook, there) if there else notebook
    return json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def notebook_path(solution: Path) -> Path:
    """Return where the notebook of an assignment is: in its folder, under its name."""
    return solution / f"{solution.name}.ipynb"


def notebook_is_stale(solution: Path, text: str) -> bool:
    """Say whether the notebook in an assignment's folder is not the one of this text."""
    path = notebook_path(solution)
    return not path.is_file() or path.read_bytes() != text.encode()


def cell_id(file: str) -> str:
    """Return the grade id of a student's file: `activations.py` becomes `activations_py`."""
    return re.sub(r"\W", "_", file, flags=re.ASCII)


def is_check(name: str, source: str) -> bool:
    """Say whether a cell of that name is an exercise of the kit's, and no question of a teacher's."""
    return source.endswith(_check(name))


def _check(exercise: str) -> str:
    return f'from kit.testing import check\n\ncheck("{exercise}")'


def _about(manifest: Manifest) -> dict[str, Any]:
    files = ", ".join(f"`{name}`" for name in manifest.files)
    source = (
        f"# {manifest.title}\n\nWrite your solution in {files}, next to this notebook. "
        "The cells below check it, so there is nothing to edit here."
    )
    return {**_cell("about", source, locked=True), "cell_type": "markdown"}


def _graded(exercise: Exercise, points: Mapping[str, float]) -> dict[str, Any]:
    worth = points.get(exercise.name, 0.0)
    if worth <= 0:
        raise UsageError(
            f"the exercise {exercise.name!r} is worth {worth:g} points; "
            "give points to its hidden tests with @pytest.mark.points"
        )
    source = f"# {' '.join(exercise.title.split())}\n{_check(exercise.name)}"
    return _code(_cell(exercise.name, source, grade=True, locked=True, points=float(worth)))


def _submitted(name: str) -> dict[str, Any]:
    return _code(_cell(cell_id(name), PLACEHOLDER, solution=True))


def _code(cell: dict[str, Any]) -> dict[str, Any]:
    return {**cell, "cell_type": "code", "execution_count": None, "outputs": []}


def _cell(name: str, source: str, **nbgrader: Any) -> dict[str, Any]:
    default = {"grade": False, "locked": False, "solution": False, "task": False}
    metadata = {**default, "grade_id": name, "schema_version": 3, **nbgrader}
    return {
        "id": name,
        "metadata": {"nbgrader": metadata, MARK: {"written": digest(source)}},
        "source": source.splitlines(keepends=True),
    }


def _check_ids(names: list[str]) -> None:
    for name in names:
        if not _CELL_ID.fullmatch(name):
            raise UsageError(
                f"{name!r} cannot name a cell; use letters, digits, - and _, at most 64"
            )
        if names.count(name) > 1:
            raise UsageError(f"two cells would be called {name!r}; rename the exercise or the file")
