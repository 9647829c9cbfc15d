"""Make a course to play with: a copy of this one, with a small class that has handed in."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from kit.errors import UsageError
from kit.grading.assignment import CONFIG, find_course

CLASS = Path("examples", "class")
COPIED = ("solutions", "assignments", "tests/hidden")


def make_course(destination: Path | None) -> Path:
    """Copy the course of this clone and the shipped class into a new folder; return the folder.

    Without a destination the folder is a temporary one, which stays for a look at what was made.
    """
    clone = _clone()
    if destination is None:
        course = Path(tempfile.mkdtemp(prefix="kit-demo-"))
    else:
        course = _new_folder(destination)
    for name in COPIED:
        shutil.copytree(clone / name, course / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(clone / CONFIG, course / CONFIG)
    shutil.copytree(clone / CLASS, course / "submitted", ignore=shutil.ignore_patterns("README*"))
    return course


def _clone() -> Path:
    try:
        clone = find_course()
    except UsageError:
        clone = Path.cwd()
    if not (clone / CLASS).is_dir():
        raise UsageError(
            "kit demo needs a clone of backprop-kit, for the wheel holds no course: "
            "clone the project's repository and run it there"
        )
    return clone


def _new_folder(path: Path) -> Path:
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise UsageError(f"{path} is there already; name a folder that is new or empty")
    path.mkdir(parents=True, exist_ok=True)
    return path.resolve()
