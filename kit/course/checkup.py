"""Look at a course before a class is graded in it: what would go wrong, and what to do about it."""

from __future__ import annotations

import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbgrader.converters import GenerateAssignment

from kit.course.application import open_course
from kit.course.build import RELEASES
from kit.course.dates import TIMESTAMP, date_in
from kit.course.gradebook import file_of, reading
from kit.course.places import unusable_places
from kit.course.rehearsal import rehearse
from kit.course.steps import open_autograde
from kit.course.stripping import strip
from kit.errors import KitError
from kit.grading.assignment import CONFIG, Assignment
from kit.grading.store import FOLDER
from kit.manifest import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kit.course.application import CourseApplication

SOURCES = "solutions"
_PLACES = {"source_directory": SOURCES, "release_directory": RELEASES}
_RELEASE_STEPS = ("kit.course.release.StripSolutions", "kit.course.release.AssertNoLeak")
_EXPORTER = "SubmissionExporter"
_POINTS = "mark.points("  # a public test carries none


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `problem` says what is wrong and what to do, or "".

    `needed` is what `kit grade` cannot do without.
    """

    name: str
    problem: str = ""
    needed: bool = True


def check_course(course: Path) -> list[Finding]:
    """Return what was looked at, with a finding of its own for every problem."""
    try:
        application = open_course(course, "")
    except KitError as error:
        return [Finding("configuration", str(error))]
    coursedir = application.coursedir
    configuration = list(_configuration(application))
    places = list(unusable_places(coursedir))
    gradebook = list(_gradebook(coursedir))
    sound = not (configuration or places or gradebook)
    looks = {
        ("configuration", True): configuration,
        ("places", True): places,
        ("gradebook", True): gradebook,
        ("assignments", True): _assignments(application, course, tried=sound),
        ("markers", False): _markers(course),
        ("alembic", not _has_gradebook(coursedir)): _alembic(),
        ("folders", False): _stray_folders(course),
        ("dates", False): _dates(coursedir),
        ("path", False): _path(course),
        ("privacy", False): _privacy(coursedir, course),
    }
    return [
        Finding(name, problem, needed)
        for (name, needed), problems in looks.items()
        for problem in list(problems) or [""]
    ]


def _configuration(application: CourseApplication) -> Iterator[str]:
    coursedir = application.coursedir
    for setting, wanted in _PLACES.items():
        if (came := getattr(coursedir, setting)) != wanted:
            yield f"set c.CourseDirectory.{setting} = {wanted!r} in {CONFIG}; it is {came!r}"
    try:
        steps = GenerateAssignment(coursedir=coursedir, parent=application).preprocessors
        converter = open_autograde(application)
    except Exception as error:  # noqa: BLE001 - traitlets raises whatever a setting makes it raise
        yield str(error)
        return
    for step in _RELEASE_STEPS:
        if step not in steps:
            yield f"{CONFIG} must have {step!r} in c.GenerateAssignment.preprocessors"
    if converter.exporter_class.__name__ != _EXPORTER:
        yield f"set c.Autograde.exporter_class = 'kit.course.autograde.{_EXPORTER}' in {CONFIG}"


def _assignments(application: CourseApplication, course: Path, *, tried: bool) -> Iterator[str]:
    manifests = sorted(course.glob(f"{SOURCES}/*/{MANIFEST}"))
    if not manifests:
        yield f"there is no assignment; one is a folder with {SOURCES}/<name>/{MANIFEST}"
    kept = application.config.get("Autograde", {}).get("exclude_overwriting", {})
    for name in (path.parent.name for path in manifests):
        try:
            assignment = Assignment.load(course, name)
        except KitError as error:
            yield str(error)
            continue
        problems = list(_assignment(assignment, kept.get(name, [])))
        yield from problems
        if tried and not problems:  # else it fails with what is said already
            yield from _rehearsal(course, name)


def _rehearsal(course: Path, name: str) -> Iterator[str]:
    try:
        rehearse(course, name)
    except (KitError, OSError) as error:
        first, *more = str(error).splitlines()
        yield f"{name}: {first}{'; kit build shows the rest' if more else ''}"


def _assignment(assignment: Assignment, kept: list[str]) -> Iterator[str]:
    for file in sorted({*assignment.manifest.files}.difference(kept)):
        yield (
            f"{CONFIG} must name {file} in c.Autograde.exclude_overwriting[{assignment.name!r}], "
            "or nbgrader grades our file in the place of the student's"
        )
    for path in sorted(assignment.solution.rglob("*.py")):
        if _POINTS in path.read_text(encoding="utf-8", errors="replace"):
            yield (
                f"{path} is a hidden test, and what lies in {SOURCES}/ is released; move it to "
                f"{assignment.hidden}"
            )


def _markers(course: Path) -> Iterator[str]:
    """Find what `kit build` would stop at, also in an assignment that is released already."""
    for path in sorted(course.glob(f"{SOURCES}/*/*.py")):
        try:
            strip(path.read_text(encoding="utf-8"), str(path))
        except (KitError, OSError, UnicodeDecodeError) as error:
            yield f"{error}; kit build stops at it"


def _has_gradebook(coursedir: Any) -> bool:
    file = file_of(coursedir.db_url)
    return file is None or file.exists()


def _alembic() -> Iterator[str]:
    if shutil.which("alembic") is None:
        yield "nbgrader calls `alembic` to make a gradebook; put it on the PATH: pip install alembic"


def _gradebook(coursedir: Any) -> Iterator[str]:
    try:
        with reading(coursedir.db_url):
            pass
    except KitError as error:
        yield str(error)


def _stray_folders(course: Path) -> Iterator[str]:
    for folder in sorted(course.glob(f"{SOURCES}/[!.]*/")):
        if not (folder / MANIFEST).is_file() and not any(folder.glob("*.ipynb")):
            yield (
                f"{folder} has no {MANIFEST} and no notebook, and formgrader takes it for an "
                "assignment; move it away"
            )


def _dates(coursedir: Any) -> Iterator[str]:
    submitted = Path(coursedir.root, coursedir.submitted_directory)
    for folder in sorted(submitted.glob("[!.]*/*/")):
        there = os.path.lexists(folder / TIMESTAMP)
        if there and date_in(folder) is None:
            yield (
                f"{folder / TIMESTAMP} is no date: it counts as never late; "
                "write one into it, such as 2026-01-31 12:00:00 UTC, or delete it"
            )


def _path(course: Path) -> Iterator[str]:
    if odd := sorted(set(str(course)) & set("[]*")):
        yield (
            f"the path of the course has {' '.join(odd)} in it: `kit` works there, and Formgrader "
            "and the commands of nbgrader find nothing; rename that folder to use them"
        )


def _privacy(coursedir: Any, course: Path) -> Iterator[str]:
    gradebook = file_of(coursedir.db_url)
    for path in (course / FOLDER, *([gradebook] if gradebook else [])):
        if path.exists() and _others_reach(path.resolve()):
            yield f"everybody on this machine can read {path}; chmod -R o= {path}"


def _others_reach(path: Path) -> bool:
    """Say whether a user who is neither the owner nor in the group gets to a file and reads it."""
    ways = all(parent.stat().st_mode & stat.S_IXOTH for parent in path.parents)
    return ways and bool(path.stat().st_mode & stat.S_IROTH)
