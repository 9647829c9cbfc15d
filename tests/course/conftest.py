"""A course with one exercise of one file, an evaluator that says what it is told, and nbgrader."""

import shutil
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.preprocessors import ComputeChecksums, SaveCells

from kit.course import evaluators
from kit.course.notebook import notebook_text
from kit.errors import GradingError
from kit.grading.record import Check, ExerciseResult, Record
from kit.manifest import read_manifest

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = """
title = "Small"
files = ["activations.py"]
[[exercise]]
name = "relu"
title = "ReLU"
owns = { "activation:relu" = "activations.py:ReLU" }
"""


class Evaluator:
    """Reads the points from the file, as in `points = 1.5`; `break` breaks it."""

    started = closed = 0

    def __init__(self, _assignment):
        Evaluator.started += 1

    def close(self):
        Evaluator.closed += 1

    def evaluate(self, submission):
        source = submission.sources().get("activations.py", "points = 0")
        if "break" in source:
            raise GradingError("the sandbox broke")
        points = float(source.partition("points = ")[2].split()[0])
        check = Check(
            *("test_relu.py::test_it", "keeps what is positive", points, 3.0),
            *("failed", "value", "HIDDEN x = 0.731", "look at the slope"),
        )
        results = (ExerciseResult("relu", "ReLU", (check,)),)
        about = {"name": submission.name, "sha256": "0"}
        return Record("small", about, results, "suite", "seed", {"level": "L0"}, {}, 0.1)


@pytest.fixture(autouse=True)
def evaluator(monkeypatch):
    """Put our evaluator in the place of the real one, and count how often it is started."""
    monkeypatch.setattr(evaluators, "Evaluator", Evaluator)
    monkeypatch.setattr(Evaluator, "started", 0)
    monkeypatch.setattr(Evaluator, "closed", 0)
    yield Evaluator
    evaluators.stop_evaluator()


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """The course as `kit build` leaves it: released, and in the gradebook."""
    course = tmp_path_factory.mktemp("template")
    for folder in ("solutions/small", "tests/hidden/small", "assignments/small"):
        (course / folder).mkdir(parents=True)
    shutil.copy(ROOT / "nbgrader_config.py", course)
    (course / "solutions/small/assignment.toml").write_text(MANIFEST, encoding="utf-8")
    (course / "tests/hidden/small/test_relu.py").write_text("", encoding="utf-8")
    text = notebook_text(read_manifest(course / "solutions/small"), {"relu": 3.0})
    released, _ = ComputeChecksums().preprocess(nbformat.reads(text, as_version=4), {})
    nbformat.write(released, course / "assignments/small/small.ipynb")
    with Gradebook(database(course), "backprop-kit") as gradebook:
        gradebook.add_assignment("small", duedate="2026-01-01 00:00:00 UTC")
    place = {"notebook": "small", "assignment": "small", "db_url": database(course)}
    SaveCells().preprocess(released, {"nbgrader": place})
    return course


@pytest.fixture
def small_course(template, tmp_path):
    """A copy of the course for one test."""
    return Path(shutil.copytree(template, tmp_path / "course"))


@pytest.fixture
def submit(small_course):
    """Hand in files for a student, as in `submit("ada", activations="points = 1")`."""

    def hand_in(student, source=None, **papers):
        folder = small_course / "submitted" / student / "small"
        folder.mkdir(parents=True, exist_ok=True)
        if source is not None:
            (folder / "activations.py").write_text(source, encoding="utf-8")
        for name, text in papers.items():
            suffix = "ipynb" if name == "small" else "txt"
            (folder / f"{name}.{suffix}").write_text(text, encoding="utf-8")
        return folder

    return hand_in


@pytest.fixture
def marks(small_course):
    """Read from the gradebook: the automatic mark of a student and whether a human must look."""

    def read(student):
        with Gradebook(database(small_course)) as gradebook:
            grade = gradebook.find_grade("relu", "small", "small", student)
            return grade.auto_score, grade.needs_manual_grade

    return read


@pytest.fixture
def autograded(small_course):
    """Read the cells of the notebook that formgrader shows, by grade id."""

    def read(student):
        path = small_course / "autograded" / student / "small" / "small.ipynb"
        cells = nbformat.read(path, as_version=4).cells
        return {cell.metadata.get("nbgrader", {}).get("grade_id", cell.id): cell for cell in cells}

    return read


def database(course):
    return f"sqlite:///{course / 'gradebook.db'}"
