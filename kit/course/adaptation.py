"""Change in nbgrader what none of its settings reaches: for `nbgrader` commands and Formgrader too.

`nbgrader_config.py` asks for it, so it holds wherever the configuration of the course does.
"""

from __future__ import annotations

import os
import shutil
import sys
from fnmatch import fnmatch
from glob import escape, glob
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbgrader.apps.api import NbGraderAPI
from nbgrader.converters import Autograde, BaseConverter
from nbgrader.coursedir import CourseDirectory

from kit.course.dates import NO_DATE, TIMESTAMP, date_in
from kit.course.earlier_marks import marks_kept
from kit.grading.assignment import is_assignment
from kit.grading.private import share

if TYPE_CHECKING:
    from datetime import datetime

_find_notebooks = Autograde.init_notebooks
_begin = Autograde.init_assignment
_set_permissions = BaseConverter.set_permissions


def adapt() -> None:
    """Change nbgrader in this process; to do it twice changes nothing more."""
    Autograde.init_notebooks = _find_submissions
    Autograde.init_assignment = _begin_without_zeros
    BaseConverter.set_permissions = _set_permissions_and_share
    CourseDirectory.get_existing_timestamp = _existing_timestamp
    NbGraderAPI.get_submitted_timestamp = _submitted_timestamp
    _put_alembic_on_path()


def _find_submissions(self: Any) -> None:
    """Find every folder that was handed in for an assignment of the kit, which grades files.

    nbgrader's own search, which other assignments keep, takes a folder without a notebook for none.
    """
    coursedir, name = self.coursedir, self.coursedir.assignment_id
    step, student = coursedir.submitted_directory, coursedir.student_id
    one = coursedir.format_path(step, student, name)  # a name may look like a pattern, `b[o]b`
    every = glob(_submissions(coursedir))  # noqa: PTH207 - of Path, it also finds hidden folders
    folders = [path for path in ([one] if Path(one).is_dir() else every) if Path(path).is_dir()]
    if not folders or not is_assignment(Path(coursedir.root), name):
        _find_notebooks(self)
        return
    wanted = fnmatch(name, coursedir.notebook_id)  # `nbgrader autograde --notebook`
    self.notebooks = []
    self.assignments = {path: [str(Path(path, f"{name}.ipynb"))] for path in folders if wanted}


def _begin_without_zeros(self: Any, assignment: str, student: str) -> None:
    """Begin with a submission; where it has no notebook, nbgrader would give it 0 points now."""
    coursedir = self.coursedir
    folder = Path(coursedir.format_path(coursedir.submitted_directory, student, assignment))
    is_whole = (folder / f"{assignment}.ipynb").exists()
    if is_whole or not is_assignment(Path(coursedir.root), assignment):
        _begin(self, assignment, student)
        return
    with marks_kept(coursedir.db_url, assignment, student):
        _begin(self, assignment, student)


def _submissions(coursedir: Any) -> str:
    """Return the pattern of the folders of a class, where only `student_id` is a pattern itself."""
    step, name = coursedir.submitted_directory, coursedir.assignment_id
    everywhere = coursedir.format_path(escape(step), coursedir.student_id, escape(name))
    root = f"{coursedir.root}{os.sep}"
    return f"{escape(root)}{everywhere.removeprefix(root)}"


def _set_permissions_and_share(self: Any, assignment: str, student: str) -> None:
    """Share a student's folder, too, which nbgrader leaves to its maker: no colleague could grade."""
    _set_permissions(self, assignment, student)
    if self.coursedir.groupshared:
        share(Path(self._format_dest(assignment, student)).parent)


def _existing_timestamp(self: Any, folder: str) -> datetime | None:
    """Return the time in a folder's `timestamp.txt`; None, with a warning, where it is no date."""
    when = date_in(Path(folder))
    if when is None and os.path.lexists(path := Path(folder, TIMESTAMP)):
        self.log.warning("%s %s", path, NO_DATE)
    return when


def _submitted_timestamp(self: Any, assignment: str, student: str) -> datetime | None:
    """Return the same to Formgrader, whose page of a class a bad date would take away."""
    coursedir = self.coursedir
    return date_in(Path(coursedir.format_path(coursedir.submitted_directory, student, assignment)))


def _put_alembic_on_path() -> None:
    """Let nbgrader find `alembic`, which it calls by name to make a gradebook.

    A Jupyter that was started by its path, or from a menu, has no virtual environment on the PATH.
    """
    ours = str(Path(sys.executable).parent)
    if (found := shutil.which("alembic", path=ours)) and found != shutil.which("alembic"):
        os.environ["PATH"] = os.pathsep.join([ours, os.environ.get("PATH", os.defpath)])
