"""A course with one exercise of one file, an evaluator that says what it is told, and nbgrader."""

import shutil
import warnings
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.preprocessors import ComputeChecksums, SaveCells

from kit.course import evaluators, grade
from kit.course.application import open_course
from kit.course.notebook import notebook_text
from kit.errors import GradingError
from kit.grading.record import Check, ExerciseResult, Record
from kit.grading.reference import read_reference
from kit.grading.versions import VERSIONS
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


class Evaluators:
    """Read the points from the file, as in `points = 1.5`; `break` breaks them."""

    started = closed = 0

    def __init__(self):
        Evaluators.started += 1

    def start(self, *_):
        pass

    def close(self):
        Evaluators.closed += 1

    def evaluate(self, _assignment, _suite, _sandbox, task):
        return evaluate(task.submission)


def evaluate(submission):
    if submission.obstacle:
        raise GradingError(submission.obstacle)
    source = submission.sources().get("activations.py", "points = 0")
    if "break" in source:
        raise GradingError("the sandbox broke")
    points = float((source.partition("points = ")[2].split() or ["0"])[0])
    status = "passed" if points >= 3 else "failed"
    check = Check(
        *("test_relu.py::test_it", "keeps what is positive", points, 3.0),
        *(status, "value", "HIDDEN x = 0.731", "look at the slope"),
    )
    results = (ExerciseResult("relu", "ReLU", (check,)),)
    about = submission.about
    return Record("small", about, results, "suite", "seed", {"level": "L0"}, VERSIONS, 0.1)


def evaluate_class(assignment, submissions, *_, on_reference, **__):
    """Yield what comes out for each, in an order that is not theirs."""
    on_reference(evaluate(read_reference(assignment)))
    for submission in reversed(list(submissions)):
        try:
            yield submission, evaluate(submission)
        except GradingError as error:
            yield submission, str(error)


@pytest.fixture(autouse=True)
def evaluator(monkeypatch):
    """Put our evaluators in the place of the real ones, and count how often they are started."""
    monkeypatch.setattr(evaluators, "evaluators_for", lambda _jobs: Evaluators())
    monkeypatch.setattr(grade, "evaluate_class", evaluate_class)
    monkeypatch.setattr(Evaluators, "started", 0)
    monkeypatch.setattr(Evaluators, "closed", 0)
    yield Evaluators
    evaluators.stop_evaluator()


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """The course as `kit build` leaves it: released, and in the gradebook."""
    course = tmp_path_factory.mktemp("template")
    for folder in ("solutions/small", "tests/hidden/small", "assignments/small"):
        (course / folder).mkdir(parents=True)
    shutil.copy(ROOT / "nbgrader_config.py", course)
    (course / "solutions/small/assignment.toml").write_text(MANIFEST, encoding="utf-8")
    (course / "solutions/small/activations.py").write_text("points = 3", encoding="utf-8")
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
def plain(small_course):
    """Grade through nbgrader's own door, as in `plain()`; `c.Autograde` may be changed for it."""

    def autograde(**settings):
        application = open_course(small_course, "small")
        converter = Autograde(
            coursedir=application.coursedir, parent=application, force=True, **settings
        )
        with warnings.catch_warnings():  # nbgrader's use of SQLAlchemy, noisy and harmless
            warnings.filterwarnings("ignore", message="Object of type <Submitted.* not in session")
            converter.start()

    return autograde


@pytest.fixture
def marks(small_course):
    """Read from the gradebook: the automatic mark of a student and whether a human must look."""

    def read(student):
        with Gradebook(database(small_course)) as gradebook:
            grade = gradebook.find_grade("relu", "small", "small", student)
            return grade.auto_score, grade.needs_manual_grade

    return read


@pytest.fixture
def add_task(small_course):
    """Give the assignment a cell that a human grades, as an instructor may."""

    def add():
        path = small_course / "assignments/small/small.ipynb"
        notebook = nbformat.read(path, as_version=4)
        about = {"grade_id": "essay", "grade": False, "solution": False, "locked": False}
        about |= {"task": True, "points": 2, "schema_version": 3, "cell_type": "markdown"}
        notebook.cells.append(nbformat.v4.new_markdown_cell("Why?", id="essay"))
        notebook.cells[-1].metadata.nbgrader = about
        notebook, _ = ComputeChecksums().preprocess(notebook, {})
        nbformat.write(notebook, path)
        url = f"sqlite:///{small_course / 'gradebook.db'}"
        place = {"notebook": "small", "assignment": "small", "db_url": url}
        SaveCells().preprocess(notebook, {"nbgrader": place})

    return add


@pytest.fixture
def files(small_course):
    """Read every file of the course, the gradebook too, to see whether anything has changed."""

    def read():
        paths = [path for path in small_course.rglob("*") if path.is_file()]
        return {path.relative_to(small_course).as_posix(): path.read_bytes() for path in paths}

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
