"""Start nbgrader inside this process, with the course's configuration or not at all."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from nbgrader.apps import NbGrader
from nbgrader.coursedir import CourseDirectory

from kit.course.adaptation import adapt
from kit.course.gradebook import file_of
from kit.errors import UsageError
from kit.grading.assignment import CONFIG

if TYPE_CHECKING:
    from pathlib import Path


class CourseApplication(NbGrader):  # type: ignore[misc]
    """What an `nbgrader` command is, without a command line and a terminal."""

    load_cwd_config = False
    raise_config_file_errors = True  # else a broken configuration means nbgrader's defaults

    def exit(self, exit_status: int | str | None = 0) -> None:
        """Raise what traitlets ends a command for: a setting of the wrong type."""
        raise sys.exc_info()[1] or SystemExit(exit_status)

    def init_syspath(self) -> None:
        """Import nothing from the folder that the command happens to run in."""


def open_course(
    course: Path, assignment: str, submitted: Path | None = None, *, debug: bool = False
) -> CourseApplication:
    """Return nbgrader, configured for this assignment of the course; raise UsageError if it can't.

    Nothing of a course is graded when its configuration is broken: nbgrader would go on with its
    defaults, which run the students' code unconfined.
    """
    insist_on_plain(course)
    adapt()
    _import_from(course)
    application = CourseApplication(log_level="DEBUG" if debug else "CRITICAL")
    try:
        application.initialize(argv=[], root=str(course))
    except (Exception, SystemExit) as error:
        raise UsageError(f"{course / CONFIG} cannot be loaded: {error}") from error
    application.coursedir = CourseDirectory(
        parent=application, root=str(course), assignment_id=assignment
    )
    if submitted:
        application.coursedir.submitted_directory = str(submitted.resolve())
    _anchor_gradebook(application.coursedir, course)
    return application


def insist_on_plain(course: Path) -> None:
    """Raise UsageError where the address of the gradebook, as nbgrader makes it, is another file's."""
    if file_of(f"sqlite:///{course}/gradebook.db") != course / "gradebook.db":
        raise UsageError(
            f"the path of the course, {course}, has ? or % in it, which mean something else in the "
            "address of the gradebook; rename that folder"
        )


def _anchor_gradebook(coursedir: CourseDirectory, course: Path) -> None:
    """Find a gradebook that is named relative to the course from wherever the command runs."""
    file = file_of(coursedir.db_url)
    if file and not file.is_absolute():
        coursedir.db_url = f"sqlite:///{course / file}"


def _import_from(course: Path) -> None:
    """Let the configuration name classes in modules beside it, as `nbgrader` does where it runs.

    They come last, so that a file of the course stands in the way of no other module.
    """
    if str(course) not in sys.path:
        sys.path.append(str(course))
