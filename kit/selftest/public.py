"""The public tests of an assignment as a suite of their own, to hold them against the hidden one.

They are the tests of the release, run as hidden ones are: by the grader, against a worker. So no
student's byte runs where it is trusted, and a test takes milliseconds.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from kit.grading.assignment import Assignment

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

CONFTEST = '''

import pytest
from kit.testing.pytest_plugin import exercise_name


def pytest_collection_modifyitems(items):
    """Give each test a point, as hidden ones have, and the kind that tells a capstone."""
    for item in items:
        kind = "accuracy" if exercise_name(item) in {capstones!r} else "public"
        item.add_marker(pytest.mark.points(1, kind=kind))
'''


def public_suite(assignment: Assignment, capstones: Collection[str], folder: Path) -> Assignment:
    """Write a course to a folder whose hidden suite is the public one; return its assignment."""
    without_caches = shutil.ignore_patterns("__pycache__")
    solution = folder / "solutions" / assignment.name
    shutil.copytree(assignment.solution, solution, ignore=without_caches)
    suite = folder / "tests" / "hidden" / assignment.name
    suite.mkdir(parents=True)
    released = assignment.course / "assignments" / assignment.name
    for path in released.glob("test_*.py"):
        shutil.copy(path, suite)
    conftest = released / "conftest.py"
    text = conftest.read_text(encoding="utf-8") if conftest.is_file() else ""
    added = CONFTEST.replace("{capstones!r}", repr(set(capstones)))
    (suite / "conftest.py").write_text(text + added, encoding="utf-8")
    return Assignment(assignment.name, folder, assignment.manifest)
