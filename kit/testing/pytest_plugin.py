"""What `-p kit.testing.pytest_plugin` gives to tests: marks, the student's parts, and the dice.

A test names its exercise with `pytest.mark.exercise("relu")`. The fixture `student` then makes
the parts that this exercise owns; where they come from is the caller's affair: the folder beside
the tests, `solutions/<name>` for a hidden suite run by hand, or a worker of the grader.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pytest

from kit.manifest import MANIFEST, read_manifest
from kit.testing.parts import Student, local_student

if TYPE_CHECKING:
    from pathlib import Path

MakeStudent: TypeAlias = Callable[[str], Student]

MAKE_STUDENT = pytest.StashKey[MakeStudent]()
SEED = pytest.StashKey[int]()


def pytest_configure(config: pytest.Config) -> None:
    """Register the marks, so that `--strict-markers` knows them."""
    config.addinivalue_line("markers", "exercise(name): the exercise of the manifest under test")
    config.addinivalue_line("markers", "points(number, kind): what a hidden test is worth")


@pytest.fixture
def this_test(request: pytest.FixtureRequest) -> pytest.Item:
    """Return the test itself: the one place that asks pytest, to which a question costs much."""
    item: pytest.Item = request.node
    return item


@pytest.fixture
def student(this_test: pytest.Item) -> Student:
    """Make the student's parts for the exercise that the test is marked with."""
    make = this_test.config.stash.get(MAKE_STUDENT, None)
    return make(exercise_name(this_test)) if make else _local(this_test)


@pytest.fixture
def reference(this_test: pytest.Item) -> Student:
    """Make the reference parts, in this process, for the exercise of the test."""
    return _local(this_test)


def _local(test: pytest.Item) -> Student:
    folder = assignment_folder(test.path)
    manifest = read_manifest(folder)
    return local_student(folder, manifest, manifest.exercise(exercise_name(test)))


@pytest.fixture
def rng(this_test: pytest.Item) -> np.random.Generator:
    """Return dice that differ from test to test and, in grading, from submission to submission."""
    name = f"{this_test.path.name}::{this_test.name}"
    seed = this_test.config.stash.get(SEED, 0)
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def exercise_name(item: pytest.Item) -> str:
    """Return the exercise that a test is marked with."""
    mark = item.get_closest_marker("exercise")
    if mark is None:
        raise pytest.UsageError(f"{item.nodeid} is not marked with pytest.mark.exercise(name)")
    return str(mark.args[0])


def assignment_folder(test: Path) -> Path:
    """Return the assignment's folder: beside the tests, or in solutions/ for a hidden suite."""
    if (test.parent / MANIFEST).is_file():
        return test.parent
    return test.parents[3] / "solutions" / test.parent.name
