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
from kit.testing.parts import Student, local_bench, local_student

if TYPE_CHECKING:
    from pathlib import Path

    from kit.bench import Bench
    from kit.manifest import Manifest

MakeStudent: TypeAlias = Callable[[str], Student]

MAKE_STUDENT = pytest.StashKey[MakeStudent]()
SEED = pytest.StashKey[int]()  # of the session: the submission's
OWN_NUMBER = pytest.StashKey[int]()  # of a test: what its code and its name give
REFERENCES = pytest.StashKey["dict[Path, tuple[Manifest, Bench]]"]()


def pytest_configure(config: pytest.Config) -> None:
    """Register the marks, so that `--strict-markers` knows them."""
    config.addinivalue_line("markers", "exercise(name): the exercise of the manifest under test")
    config.addinivalue_line("markers", "points(number, kind): what a hidden test is worth")


@pytest.fixture
def student(request: pytest.FixtureRequest) -> Student:
    """Make the student's parts for the exercise that the test is marked with."""
    make = request.config.stash.get(MAKE_STUDENT, None)
    return make(exercise_name(request.node)) if make else _local(request)


@pytest.fixture
def reference(request: pytest.FixtureRequest) -> Student:
    """Make the reference parts, in this process, for the exercise of the test."""
    manifest, bench = reference_bench(request.config, assignment_folder(request.path))
    return Student(bench, manifest.exercise(exercise_name(request.node)))


def reference_bench(config: pytest.Config, folder: Path) -> tuple[Manifest, Bench]:
    """Return an assignment's manifest and its parts, which are loaded once for all tests."""
    known = config.stash.setdefault(REFERENCES, {})
    if folder not in known:
        manifest = read_manifest(folder)
        known[folder] = manifest, local_bench(folder, manifest)
    return known[folder]


def _local(request: pytest.FixtureRequest) -> Student:
    folder = assignment_folder(request.path)
    manifest = read_manifest(folder)
    return local_student(folder, manifest, manifest.exercise(exercise_name(request.node)))


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> np.random.Generator:
    """Return a generator that differs from test to test and, in grading, between submissions."""
    test = f"{request.path.name}::{request.node.name}"
    own = request.node.stash.get(OWN_NUMBER, zlib.crc32(test.encode()))
    return np.random.default_rng([request.config.stash.get(SEED, 0), own])


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
