"""The words that a student reads in the place of a traceback."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kit.errors import PartError, SubmissionError, UsageError
from kit.testing.closeness import CheckFailed
from kit.testing.reporting import asked_about
from kit.testing.wording import MEANINGS, words

ROOT = Path(__file__).resolve().parents[2]


def lines(error, *notes):
    for note in notes:
        error.add_note(note)
    return [line.removeprefix("  ") for line in words(error, 1000).strip("\n").splitlines()]


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
        ("AttributeError", "'ReLU' object has no attribute 'x'", "misspelt"),
        ("NameError", "name 'gard' is not defined", "misspelt"),
        ("TypeError", "forward() takes 1 positional argument but 2 were given", "`self`"),
        ("RecursionError", "maximum recursion depth exceeded", "without an end"),
        ("ModuleNotFoundError", "grading offers NumPy and most of", "without this module"),
        ("SystemExit", "0", "end the program"),
        ("EOFError", "in grading there is no keyboard", "without you"),
        ("PermissionError", "a submission reaches no file", "remove the line"),
        ("RuntimeError", "a submission starts no thread", "remove the line"),
        ("ImportError", "attempted relative import with no known parent", "by itself"),
        ("IndentationError", "unexpected indent", "four spaces"),
        ("TabError", "inconsistent use of tabs and spaces in indentation", "spaces only"),
        ("SyntaxError", "invalid syntax", "look at this line and the one above it"),
        ("SyntaxError", "cannot assign to attribute; has no attribute", "look at this line"),
    ],
)
def test_an_error_that_students_often_meet_is_told_with_its_meaning(name, text, meaning):
    *_, came, last = lines(PartError(name, text))

    assert came == f"Came: your code raised {name}: {text}"
    assert last.startswith("What it usually means: ")
    assert meaning in last


def test_text_wraps_at_the_width_of_the_terminal_and_tables_stay_tables():
    text = f"Came: {'word ' * 30}\n    x   should be{' ' * 100}y"

    told = words(UsageError(text)).splitlines()

    assert told[1] == f"  Came:{' word' * 14}"
    assert told[2] == f"    {'word ' * 15}".rstrip()
    assert told[-1] == f"      x   should be{' ' * 100}y"


def test_what_python_shows_beside_an_error_is_shown():
    error = SubmissionError("SyntaxError", "one.py cannot be loaded: SyntaxError in line 1")
    error.shown = ["    import numpy as", "                   ^"]

    sentence, source, caret, meaning = lines(error)

    assert (sentence, source, caret) == (error.text, *error.shown)
    assert meaning.startswith("What it usually means: Python cannot read the file")


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


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("relu.forward(x)", ("value", "forward")),
        ("relu.forward(x), leaving x as it is", ("purity", "forward")),
        ("relu.backward(grad, x, relu.forward(x))", ("gradient", "backward")),
        ("layer.backward(grad, x), leaving weights as it is", ("purity", "backward")),
        ("layer.backward(grad, x), twice", ("state", "backward")),
        ("Neural_layer(num_of_features, num_of_neurons, rng): bias", ("start", "__init__")),
    ],
)
def test_what_was_asked_tells_the_kind_of_the_failed_test(asked, expected):
    assert asked_about(CheckFailed(asked), "test_relu") == expected


def test_an_error_of_a_part_is_about_the_method_that_was_asked():
    error = PartError("ValueError", "the truth value")
    error.add_note("Asked: ReLU.backward([[1.]], [[1.]], [[1.]])")

    assert asked_about(error, "test_relu_takes_a_new_batch") == ("gradient", "backward")


def test_an_error_that_tells_nothing_is_about_what_the_test_is_named_after():
    assert asked_about(TypeError(), "test_layer_backward_gives") == ("gradient", "backward")
    assert asked_about(TypeError(), "test_layer_forward_gives") == ("value", "forward")


@pytest.fixture
def printed(tmp_path):
    """What a student reads who has solved all but what is replaced: old, new, old, new."""

    def run(*replacements):
        folder = Path(shutil.copytree(ROOT / "assignments" / "backprop", tmp_path / "backprop"))
        for name in ("activations.py", "losses.py", "layers.py"):
            text = (ROOT / "solutions" / "backprop" / name).read_text(encoding="utf-8")
            for old, new in zip(replacements[::2], replacements[1::2], strict=True):
                text = text.replace(old, new)
            (folder / name).write_text(text, encoding="utf-8")
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", "pytest", "-k", "not learns"]
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        return done.stdout

    return run


@pytest.mark.slow
def test_a_finding_is_told_in_full_once_and_then_in_one_line(printed):
    output = printed("grad * (x > 0)", "grad")

    assert output.count("What it usually means") == 1
    assert output.count("  More: kit explain gradient-unchanged\n") == 1
    assert output.count("  Told above: ReLU.backward gradient-unchanged\n") == 2
    assert output.index("<-- disagree") < output.index("Told above")


@pytest.mark.slow
def test_the_text_of_an_exception_is_told_at_the_desk_beside_the_finding(printed):
    output = printed("np.maximum(x, 0.0)", "max(0.0, x)")

    assert "your code raised ValueError: The truth value of an array" in output
    assert output.count("  More: kit explain python-max-on-arrays\n") == 1


@pytest.mark.slow
def test_an_exception_that_nobody_can_name_is_told_as_it_is(printed):
    output = printed("return np.maximum(x, 0.0)", "raise KeyError(1)")

    assert "Came: your code raised KeyError: 1" in output
    assert "Told above" not in output
