"""The thin notebook is a function of the manifest and the points, to the byte."""

import json
from pathlib import Path

import pytest

from kit.course.notebook import notebook_is_stale, notebook_path, notebook_text
from kit.errors import UsageError
from kit.grading.assignment import Assignment
from kit.manifest import Exercise, Manifest

ROOT = Path(__file__).resolve().parents[1]
PLACES = {"activation:relu": "activations.py:ReLU"}
MANIFEST = Manifest(
    "A title",
    ("activations.py", "my-layers.py"),
    (Exercise("relu", "ReLU", PLACES), Exercise("sigmoid", "Sigmoid", PLACES)),
)
POINTS = {"relu": 2.0, "sigmoid": 1.5}


def cells(text):
    return {cell["id"]: cell for cell in json.loads(text)["cells"]}


def test_there_is_a_title_then_a_cell_an_exercise_then_a_cell_a_file():
    text = notebook_text(MANIFEST, POINTS)

    assert list(cells(text)) == ["about", "relu", "sigmoid", "activations_py", "my_layers_py"]


def test_an_exercise_is_a_locked_cell_with_its_points():
    cell = cells(notebook_text(MANIFEST, POINTS))["sigmoid"]

    assert "".join(cell["source"]) == (
        '# Sigmoid\nfrom kit.testing import check\n\ncheck("sigmoid")'
    )
    assert cell["metadata"]["nbgrader"] == {
        "grade": True,
        "grade_id": "sigmoid",
        "locked": True,
        "points": 1.5,
        "schema_version": 3,
        "solution": False,
        "task": False,
    }


def test_a_file_is_an_open_cell_that_is_worth_nothing():
    metadata = cells(notebook_text(MANIFEST, POINTS))["activations_py"]["metadata"]["nbgrader"]

    assert (metadata["solution"], metadata["grade"], metadata["locked"]) == (True, False, False)
    assert "points" not in metadata


def test_the_same_points_in_another_order_give_the_same_bytes():
    other = dict(reversed(POINTS.items()))

    assert notebook_text(MANIFEST, other) == notebook_text(MANIFEST, POINTS)


@pytest.mark.parametrize("points", [{"relu": 2.0}, {"relu": 2.0, "sigmoid": 0.0}])
def test_an_exercise_that_is_worth_nothing_is_refused(points):
    with pytest.raises(UsageError, match="'sigmoid' is worth 0 points"):
        notebook_text(MANIFEST, points)


@pytest.mark.parametrize(
    ("name", "message"),
    [("re lu", "cannot name a cell"), ("x" * 65, "cannot name"), ("about", "two cells")],
)
def test_a_name_that_cannot_be_a_cell_is_refused(name, message):
    manifest = Manifest("A title", (), (Exercise(name, "ReLU", {}),))

    with pytest.raises(UsageError, match=message):
        notebook_text(manifest, {name: 1.0})


def test_a_notebook_is_stale_when_its_text_would_be_another(tmp_path):
    solution = tmp_path / "backprop"
    solution.mkdir()
    text = notebook_text(MANIFEST, POINTS)

    before = notebook_is_stale(solution, text)
    notebook_path(solution).write_bytes(text.encode())

    assert before
    assert not notebook_is_stale(solution, text)
    assert notebook_is_stale(solution, notebook_text(MANIFEST, POINTS | {"relu": 3.0}))


def test_the_committed_notebook_is_not_stale():
    from kit.course.build import points_of
    from kit.grading.pool import evaluate_reference

    assignment = Assignment.load(ROOT, "backprop")

    text = notebook_text(assignment.manifest, points_of(evaluate_reference(assignment)))

    assert not notebook_is_stale(assignment.solution, text)
