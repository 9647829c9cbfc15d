"""What is about to be released is looked at, and anything unexpected is a finding."""

from pathlib import Path

import pytest

from kit.course.inspection import findings
from kit.course.stripping import strip
from kit.grading.assignment import Assignment

ROOT = Path(__file__).resolve().parents[1]
MANIFEST = """
title = "Squares"
files = ["squares.py"]

[[exercise]]
name = "square"
title = "Square"
owns = { "activation:square" = "squares.py:Square" }
"""
SOLVED = """
class Square:
    def forward(self, x):
        ### BEGIN SOLUTION Square: return x * x
        return x.dot(x) * 1.0
        ### END SOLUTION
"""
SUITE = "def test_four(square):\n    value = square.forward(2.0)\n    assert value == 4.0\n"

EDITED = "def test_four(square):\n    assert square.forward(3.0) == 9.0\n"


@pytest.fixture
def assignment(tmp_path):
    files = {
        "solutions/squares/assignment.toml": MANIFEST,
        "solutions/squares/squares.py": SOLVED,
        "tests/hidden/squares/test_hidden_square.py": SUITE,
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Assignment.load(tmp_path, "squares")


@pytest.fixture
def release():
    """What a release without a leak holds; a test adds to it."""
    return {
        "assignment.toml": MANIFEST.encode(),
        "data/points.csv": b"x,y\n1,1\n",
        "squares.ipynb": b"{}",
        "squares.py": strip(SOLVED, "squares.py").encode(),
        "test_square.py": b"def test_one(square):\n    assert square.forward(1.0) == 1.0\n",
    }


def test_a_release_without_a_leak_has_no_findings(release, assignment):
    assert findings(release, assignment) == []


@pytest.mark.parametrize(
    ("name", "text", "finding"),
    [
        ("squares.py", SOLVED, "squares.py gives away the marker 'BEGIN SOLUTION'"),
        ("data/points.csv", "x.dot(x) * 1.0", "points.csv gives away `x.dot(x) * 1.0`"),
        (
            "data/points.csv",
            "return x.dot(x) * 1.0",
            "points.csv gives away `return x.dot(x) * 1.0`",
        ),
        ("squares.ipynb", SUITE, "squares.ipynb gives away the hidden test test_four"),
        ("test_square.py", SUITE, "test_square.py gives away the hidden test test_four"),
        ("test_hidden_square.py", EDITED, "looks like a copy of the hidden one, with test_four"),
        ("data/test_hidden_square.py", EDITED, "looks like a copy of the hidden one"),
        ("old.py", "", "old.py is not expected"),
        ("Untitled.ipynb", "", "Untitled.ipynb is not expected"),
        ("weights.npz", "", "weights.npz is not expected"),
        (".ipynb_checkpoints/a.md", "", "is a hidden file or a cache"),
        ("__pycache__/squares.txt", "", "is a hidden file or a cache"),
    ],
)
def test_what_must_not_go_out_is_a_finding(release, assignment, name, text, finding):
    found = findings(release | {name: text.encode()}, assignment)

    assert any(finding in line for line in found)


def test_a_public_test_may_share_the_name_of_a_file_or_of_a_function_with_a_hidden_one(
    release, assignment
):
    release["test_hidden_square.py"] = EDITED.replace("test_four", "test_nine").encode()
    release["test_square.py"] = EDITED.encode()

    assert findings(release, assignment) == []


def test_what_is_no_text_is_a_finding_because_nobody_can_say_what_it_holds(release, assignment):
    found = findings(release | {"data/points.csv": b"\xff\xfe\x00"}, assignment)

    assert found == ["data/points.csv is not UTF-8 text, so nobody can say what it gives away"]


def test_a_method_without_markers_is_a_finding(release, assignment):
    text = SOLVED + "\n    def backward(self, grad, x, y):\n        return 2 * x * grad\n"
    (assignment.solution / "squares.py").write_text(text, encoding="utf-8")

    found = findings(release, assignment)

    assert found == [
        "squares.py: Square.backward has no solution marker, so its solution would go out"
    ]


def test_a_class_that_is_not_there_is_a_finding(release, assignment):
    text = SOLVED.replace("class Square", "class Cube")
    (assignment.solution / "squares.py").write_text(text, encoding="utf-8")

    found = findings(release, assignment)

    assert found == ["squares.py has no class Square with methods, which assignment.toml names"]


def test_the_committed_release_gives_nothing_away():
    folder = ROOT / "assignments" / "backprop"
    release = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and ".pytest_cache" not in path.parts
    }

    assert "activations.py" in release
    assert findings(release, Assignment.load(ROOT, "backprop")) == []
