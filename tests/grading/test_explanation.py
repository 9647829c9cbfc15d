"""Why a check failed: the same words at the desk and in a Record, and nothing for what is clear."""

import tomllib
from pathlib import Path

import pytest

from kit.errors import PartDiedError, PartError, PartTimeoutError
from kit.grading.assignment import Assignment
from kit.grading.evaluate import Evaluator
from kit.grading.explanation import Failure
from kit.harness.submission import Submission, read_submission
from kit.testing.closeness import CheckFailed
from kit.testing.diagnosis import diagnose
from kit.testing.parts import local_student

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
ZOO = ROOT / "tests/zoo/backprop/wrong"
ENTRIES = (
    *("relu_leaky_backward", "relu_python_max", "sigmoid_applied_twice", "sigmoid_math_exp"),
    *("bce_clip_only_in_the_loss", "bce_likelihood", "layer_bias_gradient_flat"),
    *("layer_generator_copied", "layer_relu_inside"),
)


@pytest.fixture(scope="module")
def evaluator():
    with Evaluator(Assignment.load(ROOT, "backprop")) as evaluator:
        yield evaluator


@pytest.mark.parametrize("entry", [name for name in ENTRIES if (ZOO / name).is_dir()])
def test_a_record_says_what_the_student_s_own_pytest_says(evaluator, entry, tmp_path):
    assignment = evaluator.assignment
    reference = read_submission(assignment.solution, assignment.manifest)
    own = {path.name: path.read_bytes() for path in (ZOO / entry).glob("*.py")}
    files = {**reference.files, **own}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    verdict = tomllib.loads((ZOO / entry / "verdict.toml").read_text(encoding="utf-8"))
    exercise = assignment.manifest.exercise(verdict["exercise"])
    sources = {name: content.decode() for name, content in files.items()}

    record = evaluator.evaluate(Submission(entry, files))

    student = local_student(tmp_path, assignment.manifest, exercise)
    at_the_desk = {finding.text for finding in diagnose(student, exercise, sources)}
    (result,) = [each for each in record.exercises if each.name == exercise.name]
    told = {check.public for check in result.checks if check.status != "passed"}
    assert told
    assert told <= at_the_desk


def test_without_an_explanation_a_verdict_is_one_sentence(evaluator):
    reference = read_submission(evaluator.assignment.solution, evaluator.assignment.manifest)
    files = reference.files | {"losses.py": (ZOO / "bce_likelihood/losses.py").read_bytes()}

    record = evaluator.evaluate(Submission("ada", files), explain=False)

    failed = [each for one in record.exercises for each in one.checks if each.status != "passed"]
    assert failed
    assert all("\n" not in each.public and each.misconception is None for each in failed)


@pytest.mark.parametrize(
    ("error", "is_puzzling", "is_final"),
    [
        (CheckFailed("relu.forward(x)"), True, False),
        (PartError("ValueError", "shapes"), True, False),
        (PartError("Odd", "an exception of the student's own"), True, False),
        (PartError("NotImplementedError", "Exercise ReLU"), False, False),
        (PartError("SyntaxError", "invalid syntax"), False, False),
        (PartError("FileNotFoundError", "relu.py was not handed in"), False, False),
        (PartError("MemoryError", ""), False, False),
        (PartTimeoutError("Timeout", "stopped"), True, True),
        (PartDiedError("WorkerDied", "gone"), True, True),
        (TypeError("a test that could not use what came"), False, False),
    ],
)
def test_what_is_clear_needs_no_explanation_and_what_hangs_is_not_asked_again(
    error, is_puzzling, is_final
):
    failure = Failure("test_relu.py::test_one", "relu", "value", error)

    assert (failure.is_puzzling, failure.is_final) == (is_puzzling, is_final)


@pytest.mark.parametrize(
    ("asked", "method"),
    [
        ("relu.backward(grad, x, relu.forward(x))", "backward"),
        ("bce.forward(y_true, y_pred), leaving y_true as it is", "forward"),
        ("the gradients in training", ""),
    ],
)
def test_the_method_is_the_one_that_the_check_asked_first(asked, method):
    assert Failure("a", "b", "value", CheckFailed(asked)).method == method
