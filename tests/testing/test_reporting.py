"""The words that a student reads in the place of a traceback."""

import pytest

from kit.errors import PartError, UsageError
from kit.testing.closeness import CheckFailed
from kit.testing.reporting import MEANINGS, words


def lines(error, *notes):
    for note in notes:
        error.add_note(note)
    return [line.removeprefix("  ") for line in words(error).strip("\n").splitlines()]


def test_a_broken_contract_is_told_in_its_own_words_and_indented():
    told = words(CheckFailed("relu.forward(x)", came="1", expected="2"))

    assert told == "\n  Asked: relu.forward(x)\n  Came: 1\n  Expected: 2\n"


def test_what_a_part_raised_is_told_with_what_was_asked_and_where_it_was():
    error = PartError("KeyError", "'w'", "layers.py", 7)

    assert lines(error, "Asked: Neural_layer.forward([[1.]])") == [
        "Asked: Neural_layer.forward([[1.]])",
        "Came: your code raised KeyError: 'w' (layers.py, line 7)",
    ]


@pytest.mark.parametrize(
    ("name", "text", "meaning"),
    [
        ("NotImplementedError", "Exercise ReLU: return max(x, 0)", "not written yet"),
        ("ValueError", "The truth value of an array with more than one element is", "whole batch"),
        ("TypeError", "only 0-dimensional arrays can be converted to Python scalars", "`np` knows"),
        ("TypeError", "only length-1 arrays can be converted to Python scalars", "`np` knows"),
        ("ValueError", "operands could not be broadcast together", "print the .shape"),
        ("ValueError", "matmul: Input operand 1 has a mismatch", "print the .shape"),
        ("FileNotFoundError", "losses.py was not handed in", "missing from this folder"),
        ("AttributeError", "'ReLU' object has no attribute 'x'", "misspelt"),
        ("SyntaxError", "invalid syntax", "look at this line and the one above it"),
        ("SyntaxError", "cannot assign to attribute; has no attribute", "look at this line"),
    ],
)
def test_an_error_that_students_often_meet_is_told_with_its_meaning(name, text, meaning):
    *_, came, last = lines(PartError(name, text))

    assert came == f"Came: your code raised {name}: {text}"
    assert last.startswith("What it usually means: ")
    assert meaning in last


def test_an_error_that_nobody_has_explained_is_told_without_a_meaning():
    assert lines(PartError("ZeroDivisionError", "division by zero")) == [
        "Came: your code raised ZeroDivisionError: division by zero"
    ]


def test_an_error_has_one_meaning_at_most():
    text = " ".join(MEANINGS)

    assert len(lines(PartError("SyntaxError", text))) == 2


def test_an_error_of_the_kit_is_told_as_it_is():
    assert lines(UsageError("no exercise is called 'rely'")) == ["no exercise is called 'rely'"]


def test_what_a_test_itself_stumbled_over_is_told_with_its_type():
    told, meaning = lines(TypeError("'NoneType' object is not subscriptable"))

    assert told.startswith("Came: something that the test cannot use: TypeError: 'NoneType'")
    assert meaning.startswith("What it usually means: a `return` is missing")
