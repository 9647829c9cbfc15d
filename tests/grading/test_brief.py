from dataclasses import replace

from kit.grading.brief import Brief
from kit.grading.record import Check, ExerciseResult, Record

FAILED = Check("test_relu.py::test_one", "one", 0.0, 2.0, "failed", "value", "x = 0.25", "wrong")
PASSED = Check("test_relu.py::test_two", "two", 3.0, 3.0, "passed", "value")


def record_of(*checks):
    result = ExerciseResult("relu", "ReLU", checks)
    return Record("backprop", {"name": "ada"}, (result,), "sha256:1", "sha256:2", {}, {}, 0.1)


def test_a_brief_record_has_every_verdict_and_no_message():
    brief = Brief()(record_of(FAILED, PASSED))

    assert brief == record_of(replace(FAILED, message=""), PASSED)
    assert (brief.score, brief.max_score) == (3.0, 5.0)


def test_equal_checks_of_a_class_are_one_and_the_same_object():
    brief = Brief()

    first = brief(record_of(FAILED))
    second = brief(record_of(replace(FAILED, message="x = 0.75")))

    assert first.exercises[0].checks[0] is second.exercises[0].checks[0]
