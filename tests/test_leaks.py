"""What of a solution or a hidden test a text gives away is found, however it is written."""

import json
from pathlib import Path

import pytest

from kit.course.leaks import hidden_tests, leaks
from kit.course.stripping import strip

SOLVED = """
def forward(x):
    ### BEGIN SOLUTION forward: return the squares
    scale = x.dot(x) * 0.25
    if scale > 1.0:
        return x * scale
    return x
    ### END SOLUTION


def given(x):
    return x
"""
SUITE = '''
def test_the_square_of_two(forward):
    """One fact."""
    value = forward(2.0)
    assert value == 4.0
'''
SOLUTIONS = sorted((Path(__file__).parents[1] / "solutions").rglob("*.py"))


def test_a_stripped_file_gives_nothing_away():
    assert leaks(strip(SOLVED, "f.py"), SOLVED) == []


@pytest.mark.parametrize("solution", SOLUTIONS, ids=lambda path: path.name)
@pytest.mark.parametrize("released", SOLUTIONS, ids=lambda path: path.name)
def test_no_stripped_file_gives_away_a_solution_of_its_own_or_of_another(released, solution):
    text = strip(released.read_text(encoding="utf-8"), released.name)

    assert leaks(text, solution.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("released", "leak"),
    [
        ("def forward(x):\n    return x\n", "`return x`, which solves forward"),
        ("def forward(x):\n    if x:\n        return x\n", "`return x`, which solves forward"),
        ("def other(y):\n    scale=x.dot( x )*0.25\n", "`scale = x.dot(x) * 0.25`"),
        ("def other(y):\n    scale = (x.dot(x)) * (0.25)\n", "`scale = x.dot(x) * 0.25`"),
        ("Hint: scale = x.dot(x) * 0.25, then ...", "`scale = x.dot(x) * 0.25`"),
        ("Hint: x.dot(x) * 0.25 is the scale", "`x.dot(x) * 0.25`"),
        ("# scale = x.dot(x) * 0.25\n", "`scale = x.dot(x) * 0.25`"),
        (json.dumps({"a": "\tif scale > 1.0:\n\t\treturn x * scale\n"}), "`return x * scale`"),
        ("### begin Solution\n", "the marker 'begin Solution'"),
    ],
)
def test_a_leak_is_named(released, leak):
    assert leak in leaks(released, SOLVED)


def test_a_short_line_tells_nothing_outside_its_own_function():
    assert leaks("def other(x):\n    return x\n", SOLVED) == []


@pytest.mark.parametrize(
    "released",
    [
        SUITE,
        SUITE.replace("the_square_of_two", "another_name"),
        SUITE.replace("value == 4.0", "(value == 4.0)  # by hand"),
        f"copied from the suite: {SUITE}",
    ],
    ids=["as it is", "renamed", "reformatted", "in a text"],
)
def test_a_hidden_test_is_found_by_what_it_does(released):
    assert hidden_tests(released, SUITE) == ["test_the_square_of_two"]


def test_another_test_of_the_same_name_is_no_hidden_test():
    released = "def test_the_square_of_two(forward):\n    assert forward(3.0) == 9.0\n"

    assert hidden_tests(released, SUITE) == []
