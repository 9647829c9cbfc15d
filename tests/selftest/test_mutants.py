"""Mutants of a reference: what operators make of it, and how the results are called."""

import ast
from collections import Counter
from pathlib import Path

import pytest

from kit.grading.assignment import Assignment
from kit.harness.submission import Submission, read_submission
from kit.manifest import Exercise, Manifest
from kit.selftest.mutants import OPERATORS, mutants

ROOT = Path(__file__).resolve().parents[2]
BACKPROP = Assignment.load(ROOT, "backprop")
BEHAVIOUR = {"dtype", "batch", "shape", "value", "state", "in place", "near miss"}
BEHAVIOUR |= {"single precision", "memory"}


@pytest.fixture(scope="module")
def of_backprop():
    solution = read_submission(BACKPROP.solution, BACKPROP.manifest)
    return mutants(solution, BACKPROP.manifest)


def mutants_of(body, arguments="x", name="forward", before=""):
    """Return the mutants of a class with one method, by name, with the method's own prefix cut."""
    source = f"import numpy as np\n\n\nclass Part:\n{before}    def {name}(self, {arguments}):\n        {body}\n"
    manifest = Manifest("T", ("a.py",), (Exercise("e", "E", {"layer:part": "a.py:Part"}),))
    made = mutants(Submission("reference", {"a.py": source.encode()}), manifest)
    prefix = f"a.py Part.{name}: "
    return {mutant.name.removeprefix(prefix): mutant.source for mutant in made}


@pytest.mark.parametrize(
    ("body", "name", "line"),
    [
        ("return -x", "sign: -x -> x", "return (x)"),
        ("return np.tanh(x)", "sign: np.tanh(x) -> -np.tanh(x)", "return (-np.tanh(x))"),
        ("return x + 1.0", "operator: x + 1.0 -> x - 1.0", "return (x - 1.0)"),
        ("return 2.0 * x", "operand left out: 2.0 * x -> x", "return (x)"),
        ("return 1.0 - x", "operands swapped: 1.0 - x -> x - 1.0", "return (x - 1.0)"),
        ("return x > 0", "comparison: x > 0 -> x >= 0", "return (x >= 0)"),
        ("return x * 0.5", "constant: 0.5 -> 0.505", "return x * (0.505)"),
        ("return np.clip(x, 1e-9, 1.0)", "clip bound: 1e-09 -> 0.001", "np.clip(x, (0.001), 1.0)"),
        ("return x.T @ x", "transpose: x.T -> x", "return (x) @ x"),
        ("return x @ x", "transpose: x -> x.T", "return (x.T) @ x"),
        (
            "return x.T @ x",
            "transpose: x.T -> x.reshape(x.shape[::-1])",
            "return (x.reshape(x.shape[::-1])) @ x",
        ),
        ("return x.sum(axis=0)", "axis: 0 -> 1", "return x.sum(axis=(1))"),
        (
            "return x.sum(axis=0, keepdims=True)",
            "keyword left out: x.sum(axis=0, keepdims=True) -> x.sum(axis=0)",
            "return (x.sum(axis=0))",
        ),
        (
            "return np.divide(x, 2)",
            "arguments swapped: np.divide(x, 2) -> np.divide(2, x)",
            "return (np.divide(2, x))",
        ),
        ("return np.mean(x)", "function: np.mean(x) -> np.sum(x)", "return (np.sum(x))"),
        ("return x.mean()", "function: x.mean() -> x.sum()", "return (x.sum())"),
        ("return np.tanh(x)", "call left out: np.tanh(x) -> x", "return (x)"),
        ("return x.sum(axis=0)", "call left out: x.sum(axis=0) -> x", "return (x)"),
        ("return x if x.any() else 0", "wrong branch: x if x.any() else 0 -> 0", "return (0)"),
    ],
)
def test_an_operator_makes_one_change(body, name, line):
    assert line in mutants_of(body)[name]


def test_an_operand_is_taken_for_another_argument_or_for_what_is_known_by_then():
    made = mutants_of("half = x / 2; late = grad\n        return half + late", "grad, x")

    assert "wrong operand: x -> grad" in made
    assert "wrong operand: half -> late" in made
    assert "wrong operand: x -> late" not in made


def test_an_attribute_is_taken_for_another_and_a_statement_is_left_out():
    start = "    def __init__(self, n):\n        self.weights = n\n        self.bias = 0\n\n"
    made = mutants_of("return x @ self.weights", before=start)

    assert "return x @ (self.bias)" in made["wrong attribute: self.weights -> self.bias"]
    left_out = "a.py Part.__init__: statement left out: self.bias = 0 -> pass"
    assert "self.weights = n\n        pass\n" in made[left_out]


def test_a_dictionary_loses_a_key_swaps_its_values_or_misspells():
    made = mutants_of("return x, {'a': x, 'b': 2 * x}")
    keys = [name for name in made if name.startswith("wrong key")]

    assert len(keys) == 5
    assert "wrong key: {'a': x, 'b': 2 * x} -> {'a': 2 * x, 'b': x}" in keys


def test_every_output_is_spoiled_for_itself():
    made = mutants_of("table = {'w': x, 'b': x}\n        return x, table", "x", "backward")

    for output in ("result 0", "w", "b"):
        assert f"near miss: {output} 0.005 % too large" in made
        assert f"dtype: {output} float32" in made
    assert "batch: result 0 rows in reverse" in made
    assert "batch: w rows in reverse" not in made


def test_the_length_of_a_batch_is_nobody_s_operand():
    made = mutants_of("return x / len(y)", "x, y")

    assert not [name for name in made if name.startswith(("sign: y", "wrong operand: y"))]


def test_what_stands_twice_in_a_method_is_numbered():
    names = list(mutants_of("return x * 3.0 + x * 3.0"))

    assert "constant: 3.0 -> 6.0" in names
    assert "constant: 3.0 -> 6.0 (2)" in names


def test_the_text_around_a_change_stays_as_it_is():
    made = mutants_of("return 'ü', x * 3.0  # für alle")

    assert "return 'ü', x * (6.0)  # für alle\n" in made["constant: 3.0 -> 6.0"]


def test_every_operator_makes_something_of_backprop(of_backprop):
    counts = Counter(mutant.operator for mutant in of_backprop)

    assert set(counts) == set(OPERATORS) | BEHAVIOUR | {"statement left out"}
    assert sum(counts.values()) > 500


def test_every_mutant_is_python_has_its_own_name_and_differs(of_backprop):
    programs = {(mutant.method.file, ast.dump(ast.parse(mutant.source))) for mutant in of_backprop}
    originals = {mutant.method.source for mutant in of_backprop}

    assert len({mutant.name for mutant in of_backprop}) == len(of_backprop)
    assert len(programs) == len(of_backprop)
    assert not originals & {mutant.source for mutant in of_backprop}


def test_names_are_the_same_each_time(of_backprop):
    solution = read_submission(BACKPROP.solution, BACKPROP.manifest)

    again = mutants(solution, BACKPROP.manifest)

    assert [mutant.name for mutant in again] == [mutant.name for mutant in of_backprop]


def test_a_comment_in_the_solution_changes_no_name(of_backprop):
    solution = read_submission(BACKPROP.solution, BACKPROP.manifest)
    commented = {name: b"# more\n" + text + b"\n# words\n" for name, text in solution.files.items()}

    again = mutants(Submission("reference", commented), BACKPROP.manifest)

    assert [mutant.name for mutant in again] == [mutant.name for mutant in of_backprop]
