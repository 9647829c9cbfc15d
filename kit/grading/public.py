"""The public tests of an assignment as a suite that a grader runs, against a worker.

So no student's byte runs where it is trusted, and a test takes milliseconds.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from kit.grading.assignment import Assignment
from kit.grading.evaluate import Evaluator
from kit.manifest import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Collection

    from kit.grading.record import Record
    from kit.harness.submission import Submission
    from kit.manifest import Manifest

CONFTEST = '''

import pytest
from kit.testing.pytest_plugin import exercise_name


def pytest_collection_modifyitems(items):
    """Give each test a point, as hidden ones have, and the kind that tells a capstone."""
    for item in items:
        kind = "accuracy" if exercise_name(item) in {capstones!r} else "public"
        item.add_marker(pytest.mark.points(1, kind=kind))
'''
_MARK = "mark.exercise("  # a student's own tests have none


def write_public_suite(released: Path, capstones: Collection[str], suite: Path) -> None:
    """Write the public tests of a released folder where hidden ones are looked for."""
    suite.mkdir(parents=True)
    for path in released.glob("test_*.py"):
        if _MARK in path.read_text(encoding="utf-8", errors="replace"):
            shutil.copy(path, suite)
    conftest = released / "conftest.py"
    text = conftest.read_text(encoding="utf-8") if conftest.is_file() else ""
    added = CONFTEST.replace("{capstones!r}", repr(set(capstones)))
    (suite / "conftest.py").write_text(text + added, encoding="utf-8")


def run_public_tests(folder: Path, manifest: Manifest, submission: Submission) -> Record:
    """Run the public tests that lie in an assignment's folder; raise KitError where none can run."""
    capstones = {each.name for each in manifest.exercises if len(each.owns) > 1}
    name = folder.resolve().name
    with tempfile.TemporaryDirectory(prefix="kit-check-") as place:
        course = Path(place)
        solution = course / "solutions" / name  # without a reference: public tests ask for none
        solution.mkdir(parents=True)
        shutil.copy(folder / MANIFEST, solution)
        write_public_suite(folder, capstones, course / "tests" / "hidden" / name)
        with Evaluator(Assignment.load(course, name)) as evaluator:
            return evaluator.evaluate(submission, explain=False)
