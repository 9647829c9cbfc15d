"""The same hidden checks in plain nbgrader: `run("relu")` in a graded cell returns its points.

This is what an honest instructor would write, made as cheap as we know how: it is imported from
outside the submissions, so its bytecode is cached; it loads the hidden tests of one exercise,
calls them directly and never imports pytest, of which the hidden tests need two names only. With
pytest imported a class took 1.4 times as long, with `pytest.main` in each cell 1.6 times (medians
of three rounds side by side, ten students).
"""

from __future__ import annotations

import importlib.util
import sys
import zlib
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from kit.manifest import read_manifest
from kit.testing.parts import local_student

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from kit.testing.parts import Student

COURSE = Path.cwd().parents[2]  # of autograded/<student>/<assignment>, where cells are executed
NAME = Path.cwd().name
HIDDEN = COURSE / "tests" / "hidden" / NAME
FIXTURES: dict[str, Callable[..., Any]] = {}


def fixture(function: Callable[..., Any]) -> Callable[..., Any]:
    """Stand in for `pytest.fixture`."""
    FIXTURES[function.__name__] = function
    return function


def points(number: float, **_: str) -> Callable[[Any], Any]:
    """Stand in for `pytest.mark.points`."""

    def mark(function: Any) -> Any:
        function.points = number
        return function

    return mark


def run(exercise: str) -> float:
    """Return the points that the submission in this folder earns in one exercise."""
    students = {"student": _student(Path.cwd(), exercise)}
    if exercise == "accuracy":
        students["reference"] = _student(COURSE / "solutions" / NAME, exercise)
    tests = vars(_load(f"test_{exercise}"))
    earned = [test.points for test in tests.values() if _passes(test, exercise, students)]
    return float(sum(earned))


def _student(folder: Path, exercise: str) -> Student:
    return local_student(folder, MANIFEST, MANIFEST.exercise(exercise))


def _passes(test: Any, exercise: str, students: dict[str, Student]) -> bool:
    if not hasattr(test, "points"):
        return False
    dice = zlib.crc32(f"test_{exercise}.py::{test.__name__}".encode())
    try:
        _call(test, {**students, "rng": np.random.default_rng([0, dice])})
    except Exception:  # noqa: BLE001 - whatever goes wrong, the points are lost
        return False
    return True


def _call(function: Callable[..., Any], values: dict[str, Any]) -> Any:
    """Call a test or a fixture with the fixtures that its arguments name."""
    code = function.__code__
    names = code.co_varnames[: code.co_argcount]
    for name in names:
        if name not in values:
            values[name] = _call(FIXTURES[name], values)
    return function(*(values[name] for name in names))


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, HIDDEN / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MANIFEST = read_manifest(COURSE / "solutions" / NAME)
marks = SimpleNamespace(exercise=str, points=points)
sys.modules["pytest"] = SimpleNamespace(fixture=fixture, mark=marks)  # type: ignore[assignment]
_load("conftest")
