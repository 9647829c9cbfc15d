"""Start nbgrader inside this process, with the course's configuration or not at all."""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from nbgrader.apps import NbGrader
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import parse_utc

from kit.course.gradebook import file_of
from kit.course.slot import TIMESTAMP
from kit.errors import UsageError
from kit.grading.assignment import CONFIG
from kit.harness.submission import read_submission
from kit.manifest import Manifest

if TYPE_CHECKING:
    from datetime import datetime


class Course(CourseDirectory):  # type: ignore[misc]
    """A course whose students may send a date that is none: it counts as no date."""

    def get_existing_timestamp(self, dest_path: str) -> datetime | None:
        """Return the time in `timestamp.txt`; None where there is none, or it cannot be read."""
        try:
            papers = read_submission(Path(dest_path), Manifest("", (TIMESTAMP,), ()))
            text = papers.files.get(TIMESTAMP, b"").decode().strip()
            with warnings.catch_warnings():  # of a time zone that nobody knows: read as UTC
                warnings.simplefilter("ignore")
                when: datetime | None = parse_utc(text) if text else None
        except Exception:  # noqa: BLE001 - dateutil raises whatever it stumbles over
            return None
        return when


class CourseApplication(NbGrader):  # type: ignore[misc]
    """What an `nbgrader` command is, without a command line and a terminal."""

    load_cwd_config = False
    raise_config_file_errors = True  # else a broken configuration means nbgrader's defaults

    def init_syspath(self) -> None:
        """Import nothing from the folder that the command happens to run in."""


def open_course(
    course: Path, assignment: str, submitted: Path | None = None, *, debug: bool = False
) -> CourseApplication:
    """Return nbgrader, configured for this assignment of the course; raise UsageError if it can't.

    Nothing of a course is graded when its configuration is broken: nbgrader would go on with its
    defaults, which run the students' code unconfined.
    """
    application = CourseApplication(log_level="DEBUG" if debug else "CRITICAL")
    try:
        application.initialize(argv=[], root=str(course))
    except (Exception, SystemExit) as error:
        raise UsageError(f"{course / CONFIG} cannot be loaded: {error}") from error
    application.coursedir = Course(parent=application, root=str(course), assignment_id=assignment)
    if submitted:
        application.coursedir.submitted_directory = str(submitted.resolve())
    _anchor_gradebook(application.coursedir, course)
    _put_alembic_on_path()
    return application


def _anchor_gradebook(coursedir: CourseDirectory, course: Path) -> None:
    """Find a gradebook that is named relative to the course from wherever the command runs."""
    file = file_of(coursedir.db_url)
    if file and not file.is_absolute():
        coursedir.db_url = f"sqlite:///{course / file}"


def _put_alembic_on_path() -> None:
    """Let nbgrader find `alembic`, which it calls by name to make a gradebook."""
    folder = str(Path(sys.executable).parent)
    if folder not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([folder, os.environ.get("PATH", "")])
