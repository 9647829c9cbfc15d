"""Solutions are taken out of a file, or the file is refused."""

import ast
from pathlib import Path

import pytest

from kit.course.stripping import strip
from kit.errors import UsageError

SOLVED = '''
class ReLU:
    def forward(self, x):
        """Return y."""
        ### BEGIN SOLUTION ReLU: return max(x, 0)
        return np.maximum(x, 0.0)
        ### END SOLUTION

    def backward(self, grad, x, y):
        return grad
'''
SOLUTIONS = sorted((Path(__file__).parents[1] / "solutions").rglob("*.py"))


def test_a_solution_becomes_the_exception_that_its_message_says():
    released = strip(SOLVED, "activations.py")

    assert released == SOLVED.replace(
        """        ### BEGIN SOLUTION ReLU: return max(x, 0)
        return np.maximum(x, 0.0)
        ### END SOLUTION
""",
        """        raise NotImplementedError("Exercise ReLU: return max(x, 0)")
""",
    )


def test_a_message_with_quotes_reaches_the_student_as_written():
    text = SOLVED.replace("return max(x, 0)", r'return {"a": 1} or "\n" or ü')

    calls = [
        node for node in ast.walk(ast.parse(strip(text, "f.py"))) if isinstance(node, ast.Raise)
    ]

    assert [ast.literal_eval(node.exc.args[0]) for node in calls] == [
        r'Exercise ReLU: return {"a": 1} or "\n" or ü'
    ]


def test_a_file_without_solutions_stays_as_it_is():
    text = "def test_it():\n    assert 1 + 1 == 2\n"

    assert strip(text, "test_it.py") == text


def test_a_stripped_file_can_be_stripped_again():
    once = strip(SOLVED, "f.py")

    assert strip(once, "f.py") == once


@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.name)
def test_every_file_of_the_solutions_can_be_stripped(path):
    text = path.read_text(encoding="utf-8")

    released = strip(text, path.name)

    assert released.count("raise NotImplementedError") >= text.count("### BEGIN SOLUTION")
    assert "SOLUTION" not in released


@pytest.mark.parametrize(
    ("found", "replacement", "message"),
    [
        ("        ### END SOLUTION\n", "", "activations.py:5: a solution begins that never ends"),
        (
            "        ### BEGIN SOLUTION ReLU: return max(x, 0)\n",
            "",
            "activations.py:6: a solution ends",
        ),
        (
            "### END SOLUTION",
            "### BEGIN SOLUTION twice",
            "activations.py:7: a solution begins inside",
        ),
        (
            "BEGIN SOLUTION ReLU: return max(x, 0)",
            "BEGIN SOLUTION",
            "activations.py:5: .* no message",
        ),
        ("### BEGIN SOLUTION", "## BEGIN SOLUTION", "activations.py:7: a solution ends"),
        ("### END SOLUTION", "### end solution", "activations.py:5: a solution begins that"),
        ('"""Return y."""', '"""# END_SOLUTION"""', "activations.py: a marker is left in line 4"),
        (
            "        return grad\n",
            "        ### BEGIN HIDDEN TESTS\n",
            "a marker is left|not Python",
        ),
        ("return np.maximum(x, 0.0)", "return (", "activations.py:6: this is not Python"),
        ("return np.maximum(x, 0.0)", "# return", "activations.py:5: .* holds no statement"),
    ],
)
def test_a_marker_that_is_not_as_it_must_be_is_refused(found, replacement, message):
    assert found in SOLVED

    with pytest.raises(UsageError, match=message):
        strip(SOLVED.replace(found, replacement, 1), "activations.py")


def test_a_solution_outside_a_function_is_refused_because_the_import_would_fail():
    text = "### BEGIN SOLUTION rate\nrate = 0.1\n### END SOLUTION\n"

    with pytest.raises(UsageError, match=r"f\.py:1: .* inside a function"):
        strip(text, "f.py")


def test_a_solution_that_takes_the_rest_of_a_statement_with_it_is_refused():
    text = "def f():\n    x = [\n    ### BEGIN SOLUTION f\n    1,\n    ]\n    y = 2\n    ### END SOLUTION\n"

    with pytest.raises(UsageError, match="this is not Python"):
        strip(text, "f.py")
