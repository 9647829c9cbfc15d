"""Say why a path in submitted/ is not taken for a submission, and what to do about it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from unicodedata import normalize

from kit.harness.names import is_left_behind, stands_for
from kit.harness.submission import shown
from kit.manifest import MANIFEST

if TYPE_CHECKING:
    from pathlib import Path

    from kit.grading.assignment import Assignment

ELSEWHERE = "holds other assignments"
_MOODLE = re.compile(r"_\d+_assignsubmission_")
_CANVAS = re.compile(r"^[^_]+_(LATE_)?\d+_\d+_")
_ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz")
_SHOWN = 5


def why_skipped(path: Path, assignment: Assignment) -> str:
    """Return why a path in submitted/ is no submission of an assignment, "" where it is one."""
    name = assignment.name
    if is_left_behind(path.name):  # __MACOSX, say
        return ELSEWHERE
    if not path.is_dir():
        return _file(path, name)
    try:
        there = [each for each in sorted(path.iterdir()) if not is_left_behind(each.name)]
    except PermissionError:
        return ""  # it is a student's, and is refused with this cause
    by_name = {each.name: each for each in there}
    if name in by_name:
        kind = by_name[name]
        is_folder = kind.is_dir() or kind.is_symlink()  # a link is refused with its cause
        return "" if is_folder else f"{name} is a file, not a folder"
    if alike := [each for each in by_name if _plain(each) == _plain(name)]:
        return f"{shown(alike[0])} is not called {name}; rename it"
    return _folder(path, there, assignment)


def _file(path: Path, name: str) -> str:
    if path.is_symlink():
        return "is a link that leads nowhere"
    if path.suffix.casefold() in _ARCHIVES:
        return f"is an archive; unpack it, as student/{name}/ for each student"
    return "is a file; a submission is a folder"


def _folder(path: Path, there: list[Path], assignment: Assignment) -> str:
    name, files = assignment.name, assignment.manifest.files
    names = [each.name for each in there]
    if _MOODLE.search(path.name) or any(map(_MOODLE.search, names)):
        return f"looks like a Moodle download; put each student's files into student/{name}/"
    if any(map(_CANVAS.match, names)):
        return f"looks like a Canvas download; put each student's files into student/{name}/"
    if any(stands_for(each, file) for each in names for file in files):
        return f"holds files itself; move them into {shown(path.name)}/{name}/"
    if archives := [each for each in names if each.casefold().endswith(_ARCHIVES)]:
        return f"holds {shown(archives[0])}; unpack it into {shown(path.name)}/{name}/"
    others = {each.parent.name for each in assignment.course.glob(f"solutions/*/{MANIFEST}")}
    if not names or others.intersection(names):
        return ELSEWHERE
    listed = ", ".join(shown(each) for each in names[:_SHOWN])
    return f"holds no folder {name}; there are: {listed}"


def _plain(name: str) -> str:
    return "".join(normalize("NFKC", name).casefold().split())
