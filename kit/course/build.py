"""Release an assignment: from `solutions/<name>` to `assignments/<name>`, all or nothing.

nbgrader deletes the old release before it starts on the new one. So it works in a folder of its
own, and what it made changes places with the old release when all is well.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from kit.course.kept import read_notebook
from kit.course.nblog import last_error
from kit.course.notebook import notebook_is_stale, notebook_path, notebook_text
from kit.errors import UsageError
from kit.grading.assignment import Assignment
from kit.grading.store import FOLDER, Store

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kit.grading.record import Record

RELEASES = "assignments"
# Not the kit's exporter, which would grade the reference once more and keep its Record.
_PLAIN = "--GenerateAssignment.exporter_class=nbconvert.exporters.NotebookExporter"
# The missing module is a check of addresses in JSON schemas, which takes a second to import.
_NBGRADER = (
    "import sys; sys.modules['rfc3987_syntax'] = None; "
    "from nbgrader.apps.nbgraderapp import main; main()"
)


def build(course: Path, name: str) -> Path:
    """Release the assignment of that name and return its folder; on failure the old one stays.

    The reference has to pass its hidden tests first.
    """
    from kit.grading.pool import evaluate_reference

    if find_spec("nbgrader") is None:
        raise UsageError("a release needs nbgrader: pip install 'backprop-kit[grade]'")
    from kit.course.application import insist_on_plain

    course = course.resolve()
    insist_on_plain(course)
    assignment = Assignment.load(course, name)
    record = evaluate_reference(assignment, Store(course / FOLDER))
    refresh_notebook(assignment, points_of(record))
    target = course / RELEASES / name
    target.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".build-", dir=target.parent) as folder:
        _generate(course, name, Path(folder))
        _open_folders(Path(folder, name))
        _swap(Path(folder, name), target)
    return target


def points_of(record: Record) -> dict[str, float]:
    """Return what every exercise is worth, by the Record of any submission."""
    return {exercise.name: exercise.max_score for exercise in record.exercises}


def build_aside(assignment: Assignment, points: Mapping[str, float]) -> None:
    """Raise what `build` would raise, and release nothing: all is made in a folder, then deleted."""
    course = assignment.course.resolve()
    with tempfile.TemporaryDirectory(prefix=".build-", dir=course) as folder:
        copy = replace(assignment, course=Path(folder))
        shutil.copytree(assignment.solution, copy.solution)
        source = f"--CourseDirectory.source_directory={copy.solution.parent.relative_to(course)}"
        here = Path(folder).relative_to(course)  # nbgrader runs in the course
        gradebook = f"--CourseDirectory.db_url=sqlite:///{here}/gradebook.db"
        try:
            refresh_notebook(copy, points)
            _generate(course, assignment.name, Path(folder), source, gradebook, _PLAIN)
        except UsageError as error:  # about the copy: the name of its folder says nothing
            raise UsageError(str(error).replace(f"{Path(folder).name}/", "")) from error


def refresh_notebook(assignment: Assignment, points: Mapping[str, float]) -> None:
    """Write the kit's cells of a notebook anew if the manifest or the points have changed."""
    path = notebook_path(assignment.solution)
    text = notebook_text(assignment.manifest, points, read_notebook(path))
    if not notebook_is_stale(assignment.solution, text):
        return
    new = path.with_name(f".{path.name}.new")
    new.write_bytes(text.encode())
    new.replace(path)


def _generate(course: Path, name: str, folder: Path, *settings: str) -> None:
    """Let nbgrader write the release into a folder; raise UsageError with its reason if it fails."""
    here = folder.relative_to(course)
    with _plain(course) as root:
        done = subprocess.run(
            [
                *(sys.executable, "-c", _NBGRADER, "generate_assignment", name, "--force"),
                f"--CourseDirectory.root={root}",
                *(f"--CourseDirectory.release_directory={here}", *settings),
            ],
            cwd=course,
            env=_environment(),
            capture_output=True,
            text=True,
            check=False,
            umask=0o077,  # the gradebook that it makes is private
        )
    if done.returncode or not (folder / name).is_dir():
        raise UsageError(last_error(done.stderr) or f"nbgrader did not release {name}")


@contextmanager
def _plain(course: Path) -> Iterator[Path]:
    """Yield a path of the course that is no pattern: nbgrader looks for notebooks by patterns."""
    if not re.search(r"[][*]", str(course)):
        yield course
        return
    with tempfile.TemporaryDirectory(prefix="kit-") as folder:
        link = Path(folder, "course")
        link.symlink_to(course)
        yield link


def _environment() -> dict[str, str]:
    """Return our environment, such that nbgrader finds `alembic` and stops at a broken config."""
    scripts = str(Path(sys.executable).parent)
    path = os.pathsep.join([scripts, os.environ.get("PATH", os.defpath)])
    return {**os.environ, "PATH": path, "TRAITLETS_APPLICATION_RAISE_CONFIG_FILE_ERROR": "1"}


def _open_folders(release: Path) -> None:
    """Let everybody read what students get; nbgrader has seen to the files, and to a group's rights."""
    for folder in (release, *(path for path in release.rglob("*") if path.is_dir())):
        folder.chmod(folder.stat().st_mode | 0o055)


def _swap(new: Path, target: Path) -> None:
    """Put the new release in the place of the old one, which is only deleted after that."""
    old = target.with_name(f".{target.name}.old")
    if old.exists() and not target.exists():
        old.rename(target)  # a build was killed between its two renames
    shutil.rmtree(old, ignore_errors=True)
    try:
        if target.exists():
            target.rename(old)
        new.rename(target)
    except BaseException:
        if old.exists() and not target.exists():
            old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)
