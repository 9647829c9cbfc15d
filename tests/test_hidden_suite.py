"""The hidden suite of `backprop`: what it is worth, and that it stays hidden."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from kit.grading.assignment import Assignment
from kit.grading.evaluate import Evaluator, evaluate
from kit.grading.verdicts import KINDS
from kit.harness.submission import read_submission

ROOT = Path(__file__).parents[1]
HIDDEN = ROOT / "tests" / "hidden" / "backprop"
SOLUTION = ROOT / "solutions" / "backprop"
FOLDERS = ("solutions", "assignments")
POINTS = {
    "relu": 15,
    "sigmoid": 15,
    "bce": 20,
    "layer_forward": 10,
    "layer_backward": 25,
    "accuracy": 15,
}


def functions(folder):
    """The tests of a folder: name, and syntax tree of the whole function."""
    for path in sorted(folder.glob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield f"{path.name}::{node.name}", node


def marks(node, name):
    """The calls of a mark among the decorators of a test, as in `pytest.mark.points(3, ...)`."""
    calls = [each for each in node.decorator_list if isinstance(each, ast.Call)]
    return [each for each in calls if ast.unparse(each.func) == f"pytest.mark.{name}"]


@pytest.mark.slow
def test_the_points_are_those_of_the_table_and_sum_to_100():
    with Evaluator(Assignment.load(ROOT, "backprop")) as evaluator:
        points = evaluator.points

    assert points == POINTS
    assert sum(points.values()) == 100


def test_the_readme_of_the_students_tells_the_same_points():
    table = re.findall(
        r"^\|[^|]*\|[^|]*\| *([\d +]+) *\|$", (SOLUTION / "README.md").read_text(), re.MULTILINE
    )

    assert [int(number) for row in table for number in row.split("+")] == list(POINTS.values())


def test_the_manifest_has_the_exercises_of_the_table_in_their_order():
    table = tomllib.loads((SOLUTION / "assignment.toml").read_text(encoding="utf-8"))

    assert [exercise["name"] for exercise in table["exercise"]] == list(POINTS)


def test_every_hidden_test_is_worth_points_of_a_known_kind():
    for name, node in functions(HIDDEN):
        (mark,) = marks(node, "points")

        assert ast.literal_eval(mark.args[0]) > 0, name
        assert ast.literal_eval(mark.keywords[0].value) in KINDS, name


def test_every_hidden_file_tells_its_points_in_its_first_line():
    for path in HIDDEN.glob("test_*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        told = int(re.search(r"(\d+) points\.", ast.get_docstring(tree)).group(1))
        worth = [marks(node, "points")[0].args[0].value for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]  # fmt: skip

        assert told == sum(worth), path.name


def test_no_hidden_test_lies_where_students_can_see_it():
    hidden = {node.name for _, node in functions(HIDDEN)}
    names = {path.name for path in HIDDEN.glob("*.py")} - {"conftest.py", "test_accuracy.py"}
    assert len(hidden) > 30

    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*"):
            assert path.name not in names, path
            if path.suffix in {".py", ".ipynb", ".md", ".toml"}:
                text = path.read_text(encoding="utf-8")
                assert not [name for name in hidden if name in text], path
                assert "tests/hidden" not in text, path


def test_no_public_test_asks_what_a_hidden_one_asks():
    hidden = {ast.dump(ast.Module(node.body, [])) for _, node in functions(HIDDEN)}
    public = {name: ast.dump(ast.Module(node.body, [])) for name, node in functions(SOLUTION)}
    assert public

    assert [name for name, body in public.items() if body in hidden] == []


def arrays(folder):
    """Every literal matrix of the tests, as nested tuples, with what it has more than one row of."""
    for path in folder.glob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "np.array":
                text = ast.unparse(node.args[0])
                if len(re.findall(r"\d", text)) > 6:
                    yield text


def test_no_public_array_is_a_hidden_one():
    hidden, public = set(arrays(HIDDEN)), set(arrays(SOLUTION))
    assert hidden
    assert public

    assert hidden & public == set()


def test_every_exercise_has_public_tests_and_hidden_ones():
    for folder in (SOLUTION, HIDDEN):
        text = "".join(path.read_text(encoding="utf-8") for path in folder.glob("test_*.py"))

        assert set(re.findall(r'pytest\.mark\.exercise\("(\w+)"\)', text)) == set(POINTS)


def test_the_solution_and_the_release_have_the_same_public_tests():
    for path in SOLUTION.glob("test_*.py"):
        released = ROOT / "assignments" / "backprop" / path.name

        assert released.read_bytes() == path.read_bytes()


OVERFLOW = """

import math


def forward(self, x):
    return 1 / (1 + np.vectorize(lambda each: math.exp(-each))(x))


Sigmoid.forward = forward
"""
NOT_A_NUMBER = """

def forward(self, x):
    return np.exp(x) / (1 + np.exp(x))


Sigmoid.forward = forward
"""


@pytest.mark.slow
@pytest.mark.parametrize("change", [OVERFLOW, NOT_A_NUMBER])
def test_a_sigmoid_that_is_wrong_far_from_zero_loses_points_of_stability_alone(change, tmp_path):
    for path in SOLUTION.glob("*s.py"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    with (tmp_path / "activations.py").open("a", encoding="utf-8") as file:
        file.write(change)
    assignment = Assignment.load(ROOT, "backprop")

    record = evaluate(read_submission(tmp_path, assignment.manifest), assignment)

    lost = [check for exercise in record.exercises for check in exercise.checks if check.points < check.max_points]  # fmt: skip
    assert {check.kind for check in lost} == {"stability"}
