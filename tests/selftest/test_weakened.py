"""A weakened hidden test of `backprop` is named by the rules: proved for every check.

Two copies of the course are made. In one every hidden test has lost its body, in the other every
tolerance and every bound is a thousand times wider. Each is run once, and gives a matrix; then one
column at a time takes the place of the sound one.
"""

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from kit.grading.assignment import Assignment
from kit.grading.evaluate import evaluate
from kit.grading.pool import How
from kit.grading.reference import read_reference
from kit.harness.submission import read_submission
from kit.selftest import rules_of_checks
from kit.selftest.collection import checks_for, collect_entries
from kit.selftest.evidence import Evidence
from kit.selftest.matrix import columns
from kit.selftest.rules import RULES
from kit.selftest.run import Runner, fill_matrix

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
WIDER = 1000
RTOL, ATOL = 1e-5, 1e-7
KINDS = {"reference", "stub", "wrong", "mutant", "near miss"}
# Nothing in these can be made wider: shapes, a rank, and numbers that are the same or are not.
WITHOUT_TOLERANCE = {
    "test_layer_forward.py::test_weights_and_bias_have_one_place_a_feature_and_a_neuron",
    "test_layer_forward.py::test_neurons_start_different_from_each_other",
    "test_layer_forward.py::test_start_values_come_from_the_generator_handed_in",
}
BOUNDS = {
    "low <= loss <= high": "low - 1000 * (high - low) <= loss <= high + 1000 * (high - low)",
    "np.abs(shift).max() > 0.5": "np.abs(shift).max() > 500",
    "1e-4 < spread < 3": "1e-7 < spread < 3000",
    "learns(moons, 0.95)": "learns(moons, 1 - 1000 * 0.05)",
    "learns(circles, 0.98)": "learns(circles, 1 - 1000 * 0.02)",
    "learns(xor, 0.97)": "learns(xor, 1 - 1000 * 0.03)",
}
BY_A_CHECK = [rule for rule in RULES.values() if rule.__module__ == rules_of_checks.__name__]


class Wide(ast.NodeTransformer):
    """Gives every comparison of numbers a tolerance a thousand times wider."""

    def visit_Call(self, node):
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id in {"assert_close", "assert_number"}:
            given = {each.arg: each.value.value for each in node.keywords if each.arg in {"rtol", "atol"}}  # fmt: skip
            kept = [each for each in node.keywords if each.arg not in given]
            wide = {"rtol": RTOL, "atol": ATOL} | given
            node.keywords = kept + [ast.keyword(name, ast.Constant(WIDER * value)) for name, value in wide.items()]  # fmt: skip
        return node


class Empty(ast.NodeTransformer):
    """Takes its body from every test, and leaves it its points."""

    def visit_FunctionDef(self, node):
        if node.name.startswith("test_"):
            node.body = [ast.Pass()]
        return node


def widened(text):
    for bound, wider in BOUNDS.items():
        text = text.replace(bound, wider)
    return ast.unparse(Wide().visit(ast.parse(text)))


def emptied(text):
    return ast.unparse(Empty().visit(ast.parse(text)))


def fill(course):
    """Run a course's hidden suite on all that is wrong, and on a little more."""
    assignment = Assignment.load(course, "backprop")
    solution = read_reference(assignment)
    with Runner(assignment, How(), lambda _: None) as runner:
        checks = columns(runner.first(solution))
        entries, notes = collect_entries(assignment, solution, "no level")
        chosen = [entry for entry in entries if entry.kind in KINDS]
        return fill_matrix(runner, chosen, checks, checks_for), notes


@pytest.fixture(scope="module")
def course_with(copy_course, tmp_path_factory):
    """Copy the course with its zoo and change the text of its hidden suite."""

    def make(change):
        course = copy_course(tmp_path_factory.mktemp("weakened"))
        (course / "tests/zoo").symlink_to(ROOT / "tests/zoo")
        for path in (course / "tests/hidden/backprop").glob("*.py"):
            path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
        return course

    return make


@pytest.fixture(scope="module")
def sound(course_with):
    return fill(course_with(str))


@pytest.fixture(scope="module")
def wide(course_with):
    return fill(course_with(widened))[0]


def column_taken_from(matrix, check, other):
    """Return a matrix in which one check does what it does in another matrix."""
    rows = {}
    for name, row in matrix.rows.items():
        fails = check in other.rows[name].failed
        failed = row.failed | {check} if fails else row.failed - {check}
        rows[name] = replace(row, failed=failed)
    return replace(matrix, rows=rows)


def named(matrix, notes):
    """Return the checks that the rules about checks name."""
    found = Evidence(matrix, notes, replace(matrix, rows={}))
    return {name for rule in BY_A_CHECK for name, told in rule(found) if told}


def test_every_bound_that_is_made_wider_is_there():
    texts = "".join(path.read_text() for path in (ROOT / "tests/hidden").rglob("test_*.py"))

    assert [bound for bound in BOUNDS if texts.count(bound) != 1] == []


def test_a_test_without_a_body_is_named_whichever_it_is(sound):
    matrix, notes = sound
    empty = replace(matrix, rows={name: replace(row, failed=frozenset()) for name, row in matrix.rows.items()})  # fmt: skip
    before = named(matrix, notes)

    for check in matrix.columns:
        weakened = column_taken_from(matrix, check, empty)

        assert named(weakened, notes) - before == {check} - before
        assert {check} <= named(weakened, notes)


def test_a_suite_without_bodies_passes_everything(course_with):
    """So a column in which nothing fails is what an emptied test gives."""
    assignment = Assignment.load(course_with(emptied), "backprop")
    stub = read_submission(ROOT / "assignments/backprop", assignment.manifest)

    record = evaluate(stub, assignment)

    assert record.score == 100.0


def test_a_tolerance_a_thousand_times_wider_is_named_whichever_it_is(sound, wide):
    matrix, notes = sound
    before = named(matrix, notes)
    assert set(wide.columns) == set(matrix.columns)

    found = {
        check: named(column_taken_from(matrix, check, wide), notes) - (before - {check})
        for check in matrix.columns
    }

    assert {check for check, names in found.items() if names == {check}} == set(matrix.columns) - WITHOUT_TOLERANCE  # fmt: skip
    assert {check for check, names in found.items() if not names} == WITHOUT_TOLERANCE
