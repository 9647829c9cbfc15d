"""What a grade cell says is read by a student, and by nbgrader, which takes oddities as full marks."""

import math

import numpy as np
import pytest
from nbformat.v4 import new_code_cell
from nbgrader.utils import determine_grade

from kit.course.rendering import grade_outputs, report
from kit.grading.record import Check, ExerciseResult

ODD = [
    (1.5, 1.5),
    (0, 0.0),
    (3, 3.0),
    (np.float64(1.5), 1.5),
    (True, 1.0),
    (-1.0, 0.0),
    (3.0000001, 3.0),
    (1e300, 3.0),
    (math.nan, 0.0),
    (math.inf, 0.0),
    (-math.inf, 0.0),
]


def check(points=3.0, **changes):
    kept = {
        "status": "passed",
        "kind": "value",
        "max_points": 3.0,
        "title": "keeps what is positive",
    }
    return Check(id="test_relu.py::test_a_secret", points=points, **(kept | changes))


def result(*checks):
    return ExerciseResult("relu", "ReLU", checks)


def grade_cell(outputs):
    about = {"grade": True, "solution": False, "grade_id": "relu", "points": 3}
    return new_code_cell(metadata={"nbgrader": about}, outputs=outputs)


@pytest.mark.parametrize(("score", "expected"), ODD, ids=repr)
def test_nbgrader_reads_the_score_that_was_earned(score, expected):
    outputs = grade_outputs(result(check(points=score)), 3.0)

    assert determine_grade(grade_cell(outputs)) == (expected, 3.0)


def test_a_sum_above_the_points_of_the_cell_is_cut_to_them():
    outputs = grade_outputs(result(*[check(points=0.1, max_points=0.1)] * 3), 0.3)

    assert outputs[1]["data"]["text/plain"] == "0.3"


def test_the_outputs_are_a_report_on_stdout_and_one_result():
    outputs = grade_outputs(result(check(0.0, status="error")), 3.0)

    kinds = [(output["output_type"], output.get("name")) for output in outputs]
    assert kinds == [("stream", "stdout"), ("execute_result", None)]


def test_the_report_has_a_line_for_each_check_and_tells_a_reason_once():
    public = "your slope is 0 there\nso should dL/dx be"
    failed = check(0.0, status="failed", title="backward", public=public)
    text = report(result(check(), failed, failed, check(0.0, status="error", public="a line")))

    assert text.splitlines() == [
        "ReLU: 3 of 12 points",
        "",
        "PASS    3 of 3    keeps what is positive",
        "FAIL    0 of 3    backward",
        "                  your slope is 0 there",
        "                  so should dL/dx be",
        "",
        "FAIL    0 of 3    backward",
        "                  For the reason above.",
        "ERROR   0 of 3    keeps what is positive",
        "                  a line",
    ]


@pytest.mark.parametrize(
    ("status", "word"),
    [("passed", "PASS"), ("failed", "FAIL"), ("error", "ERROR"), ("timeout", "TIMEOUT")],
)
def test_every_status_has_a_word_of_its_own(status, word):
    assert report(result(check(status=status))).splitlines()[2].split()[0] == word


def test_the_report_keeps_the_message_and_the_name_of_a_hidden_test_to_the_instructor():
    text = report(result(check(0.0, status="failed", message="x = [[0.731]]", public="no")))

    assert "0.731" not in text
    assert "test_a_secret" not in text


def test_control_characters_do_not_reach_the_page():
    text = report(result(check(title="\x1b[2Jgone", public="red \x1b[31m\x00")))

    assert all(letter.isprintable() or letter == "\n" for letter in text)


def test_a_check_that_does_not_count_is_shown_with_its_points_and_the_reason():
    public = "this check does not count, you have its points: not on the sheet"
    text = report(result(check(3.0, status="void", title="odd", public=public)))

    assert text.splitlines()[2:] == ["VOID    3 of 3    odd", f"{'':18}{public}"]
