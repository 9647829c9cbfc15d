"""Write the pages that students get back: what `kit grade --feedback` does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kit.course.application import open_course
from kit.course.converters import Feedback

if TYPE_CHECKING:
    from kit.course.converters import Progress


def feedback(course: Path, name: str, on_progress: Progress | None = None) -> dict[str, Path | str]:
    """Return the HTML page of every student who is graded, or the cause why there is none."""
    application = open_course(course, name)
    coursedir = application.coursedir
    graded = Path(coursedir.root, coursedir.autograded_directory).glob(f"*/{name}/{name}.ipynb")
    students = sorted(path.parent.parent.name for path in graded)
    converter = Feedback(coursedir=coursedir, parent=application, force=True)
    return dict(converter.convert(students, on_progress))
