"""The public tests of an assignment as a suite of their own, to hold them against the hidden one.

They are the tests of the release, run as hidden ones are: by the grader, against a worker. So no
student's byte runs where it is trusted, and a test takes milliseconds.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from kit.grading.assignment import Assignment
from kit.grading.public import write_public_suite

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path


def public_suite(assignment: Assignment, capstones: Collection[str], folder: Path) -> Assignment:
    """Write a course to a folder whose hidden suite is the public one; return its assignment."""
    without_caches = shutil.ignore_patterns("__pycache__")
    solution = folder / "solutions" / assignment.name
    shutil.copytree(assignment.solution, solution, ignore=without_caches)
    released = assignment.course / "assignments" / assignment.name
    write_public_suite(released, capstones, folder / "tests" / "hidden" / assignment.name)
    return Assignment(assignment.name, folder, assignment.manifest)
