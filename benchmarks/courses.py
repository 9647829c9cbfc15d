"""Two courses with the same assignment, the kit's and one for plain nbgrader, and their scores."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from kit.manifest import MANIFEST

ROOT = Path(__file__).resolve().parents[1]
NAME = "backprop"
PYTHON = sys.executable
_CACHES = shutil.ignore_patterns("__pycache__", ".*_cache", ".hypothesis")
_STOCK_CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "stock"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "assignments"
c.Autograde.exclude_overwriting = {"backprop": ["activations.py", "losses.py", "layers.py"]}
"""
_SCORES = """
    SELECT student_id, base_cell.name, auto_score FROM grade
    JOIN base_cell ON base_cell.id = grade.cell_id
    JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
    JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
"""

Scores = dict[tuple[str, str], float | None]  # by student and exercise


def environment(home: Path) -> dict[str, str]:
    """Return an environment for every side, with a home of its own and a BLAS without threads.

    Both spare plain nbgrader's kernels what would cost each of them CPU time for nothing: threads,
    and without a home that can be written to, an IPython profile.
    """
    for folder in (home, home / "tmp"):
        folder.mkdir(exist_ok=True)
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return {
        **kept,
        "HOME": str(home),
        "TMPDIR": str(home / "tmp"),
        "PATH": os.pathsep.join([str(Path(PYTHON).parent), os.environ.get("PATH", os.defpath)]),
        "PYTHONPATH": str(ROOT),
        "OPENBLAS_NUM_THREADS": "1",
        "TRAITLETS_APPLICATION_RAISE_CONFIG_FILE_ERROR": "1",
        **{f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CACHE", "DATA", "STATE")},
    }


def make_ours(course: Path, environment: dict[str, str], *, accuracy: bool) -> None:
    """Make a course of this clone's assignment, released and in the gradebook."""
    for part in ("solutions", "tests/hidden"):
        shutil.copytree(ROOT / part / NAME, course / part / NAME, ignore=_CACHES)
    shutil.copy(ROOT / "nbgrader_config.py", course)
    if not accuracy:
        _leave_out(course, "accuracy")
    _run([PYTHON, "-m", "kit", "build", NAME], course, environment)


def make_stock(course: Path, ours: Path, environment: dict[str, str]) -> None:
    """Make a course for plain nbgrader: the same cells and points, the checks run in the kernel."""
    for part in ("solutions", "tests"):
        shutil.copytree(ours / part, course / part)
    (course / "nbgrader_config.py").write_text(_STOCK_CONFIG, encoding="utf-8")
    released = json.loads((ours / "assignments" / NAME / f"{NAME}.ipynb").read_bytes())
    path = course / "solutions" / NAME / f"{NAME}.ipynb"
    path.write_text(json.dumps(_stock_notebook(released)), encoding="utf-8")
    _run([PYTHON, "-m", "nbgrader", "generate_assignment", NAME], course, environment)


def gradebook_scores(course: Path) -> Scores:
    """Return what the gradebook of a course says."""
    with closing(sqlite3.connect(course / "gradebook.db")) as database:
        return {(who, exercise): score for who, exercise, score in database.execute(_SCORES)}


def printed_scores(output: str) -> Scores:
    """Return what `kit evaluate --json` has printed."""
    records = [json.loads(line) for line in output.splitlines()]
    return {
        (record["submission"]["name"], exercise["name"]): exercise["score"]
        for record in records
        for exercise in record["exercises"]
    }


def _leave_out(course: Path, exercise: str) -> None:
    folder = course / "solutions" / NAME
    manifest = folder / MANIFEST
    first, *entries = re.split(
        r"^(?=\[\[exercise\]\])", manifest.read_text("utf-8"), flags=re.MULTILINE
    )
    kept = [entry for entry in entries if f'\nname = "{exercise}"\n' not in entry]
    manifest.write_text(first + "".join(kept), encoding="utf-8")
    for tests in (folder, course / "tests" / "hidden" / NAME):
        (tests / f"test_{exercise}.py").unlink()


def _stock_notebook(notebook: dict[str, Any]) -> dict[str, Any]:
    """Keep the graded cells of a notebook and let them run the checks, right where they are."""
    cells = [cell for cell in notebook["cells"] if cell["metadata"]["nbgrader"]["grade"]]
    for cell in cells:
        name = cell["metadata"]["nbgrader"]["grade_id"]
        cell["source"] = f'from benchmarks.stock import run\n\nrun("{name}")'
    return {**notebook, "cells": cells}


def _run(command: list[str], cwd: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr[-3000:]}")
