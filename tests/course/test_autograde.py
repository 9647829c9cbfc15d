"""Nothing of a student's notebook reaches the graded one; their files do, as text."""

import json

import nbformat
import pytest
from nbgrader.converters.base import NbGraderException
from nbgrader.utils import determine_grade

from kit.course import autograde, evaluators
from kit.course.grade import grade
from kit.errors import GradingError
from kit.grading.assignment import Assignment
from kit.grading.ledger import records_before


def cell(**changes):
    about = {"grade_id": "relu", "grade": True, "solution": False, "locked": True, "points": 3}
    kept = {"cell_type": "code", "source": "", "outputs": [], "execution_count": None}
    return {**kept, "metadata": {"nbgrader": {**about, "schema_version": 3}}, **changes}


def notebook(*cells):
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


FORGED = {"output_type": "execute_result", "data": {"text/plain": "3"}, "metadata": {}}
NOTEBOOKS = {
    "truncated": '{"cells": [',
    "empty": "",
    "not JSON": "\x00\x01",
    "not a notebook": "[1, 2]",
    "of a future format": '{"nbformat": 99}',
    "without its cells": notebook(),
    "with a cell twice": notebook(cell(), cell()),
    "with a cell of another name": notebook(cell(metadata={"nbgrader": {"grade_id": "other"}})),
    "with a cell of another type": notebook(cell(cell_type="markdown")),
    "with forged outputs": notebook(cell(outputs=[FORGED])),
    "with a script": notebook({"cell_type": "markdown", "metadata": {}, "source": "<script>x"}),
}


def test_the_graded_notebook_is_the_released_one_whatever_was_submitted(
    small_course, submit, autograded, marks
):
    submit("ada", "points = 1")
    for student, text in NOTEBOOKS.items():
        submit(student, "points = 1", small=text)
    for target in ("/etc/passwd", "nowhere", ".."):
        (submit(f"a link to {target[-6:]}", "points = 1") / "small.ipynb").symlink_to(target)

    students = dict(grade(small_course, "small"))

    assert len(students) == len(NOTEBOOKS) + 4
    assert [student for student in students if autograded(student) != autograded("ada")] == []
    assert [student for student in students if marks(student) != (1.0, False)] == []


def test_the_file_of_a_student_is_the_source_of_its_cell(small_course, submit, autograded):
    submit("ada", "points = 1  # my <b>work</b>")

    grade(small_course, "small")

    assert autograded("ada")["activations_py"].source == "points = 1  # my <b>work</b>"


def test_a_file_is_shown_in_the_encoding_that_it_declares(small_course, submit, autograded):
    folder = submit("ada")
    source = "# coding: latin-1\npoints = 1  # é"
    (folder / "activations.py").write_bytes(source.encode("latin-1"))

    grade(small_course, "small")

    assert autograded("ada")["activations_py"].source == source


def test_a_file_that_is_missing_is_named_in_its_cell(small_course, submit, autograded):
    submit("ada")

    grade(small_course, "small")

    assert autograded("ada")["activations_py"].source.startswith("# activations.py ")


def test_a_long_file_is_not_shown_to_its_end(small_course, submit, autograded):
    submit("ada", "points = 1\n" + "#" * 150_000)

    grade(small_course, "small")

    shown = autograded("ada")["activations_py"].source
    assert len(shown) < 101_000
    assert shown.endswith("# ... the rest is not shown")


def test_only_what_the_assignment_asks_for_is_in_autograded(small_course, submit):
    folder = submit("ada", "points = 1", timestamp="2025-12-01 10:00:00 UTC", submission_secret="s")
    (folder / "passwd").symlink_to("/etc/passwd")
    (folder / "dangling").symlink_to("nowhere")
    (folder / "data").mkdir()
    (folder / "data" / "huge.csv").write_text("1", encoding="utf-8")

    grade(small_course, "small")

    kept = {path.name for path in (small_course / "autograded/ada/small").rglob("*")}
    assert kept == {"activations.py", "small.ipynb", "submission_secret.txt", "timestamp.txt"}


def test_a_file_that_is_a_link_is_not_followed(small_course, submit, marks):
    (submit("ada") / "activations.py").symlink_to("/etc/passwd")

    [(_, outcome)] = grade(small_course, "small")

    assert outcome == "activations.py is a link; send in the file itself"
    assert not (small_course / "autograded/ada/small/activations.py").exists()
    assert marks("ada") == (None, True)


def test_a_folder_in_the_place_of_a_file_is_worth_nothing(small_course, submit, marks):
    (submit("ada") / "activations.py").mkdir()

    grade(small_course, "small")

    assert marks("ada") == (0.0, False)


def test_a_submission_that_is_a_link_to_another_one_is_not_graded(small_course, submit):
    folder = submit("ada", "points = 3")
    (small_course / "submitted" / "eve").mkdir()
    (small_course / "submitted" / "eve" / "small").symlink_to(folder)

    outcomes = dict(grade(small_course, "small"))

    assert outcomes["eve"].endswith("submitted/eve/small is a link; send in the files themselves")
    assert outcomes["ada"].score == 3.0


@pytest.mark.parametrize("link", ["eve", "eve/small"])
def test_nbgrader_does_not_grade_a_link_to_the_work_of_another_either(
    small_course, submit, plain, marks, link
):
    work = submit("ada", "points = 3", small="{}")
    submitted = small_course / "submitted"
    (submitted / link).parent.mkdir(exist_ok=True)
    (submitted / link).symlink_to(submitted / "ada" if link == "eve" else work)

    with pytest.raises(NbGraderException):
        plain()

    assert marks("ada") == (3.0, False)
    assert marks("eve") == (None, True)


def test_a_cell_that_was_never_evaluated_earns_nothing(small_course, submit, plain, monkeypatch):
    seen = []

    def interrupt(_self, slot):
        seen.append(nbformat.read(slot.autograded / "small.ipynb", as_version=4).cells)
        raise GradingError("stopped")

    monkeypatch.setattr(autograde.Evaluate, "evaluate", interrupt)
    submit("ada", "points = 3", small="{}")

    with pytest.raises(NbGraderException):
        plain()

    graded = [found for found in seen[0] if found.metadata.get("nbgrader", {}).get("grade")]
    assert [determine_grade(found) for found in graded] == [(0, 3.0)]
    assert not (small_course / "autograded" / "ada" / "small").exists()


def without_records(files):
    return {name: content for name, content in files.items() if not name.startswith("records/")}


def test_points_that_have_changed_since_the_release_are_a_refusal_before_anything_else(
    submit, plain, files, monkeypatch
):
    submit("ada", "points = 3", small="{}")
    plain()
    before = files()
    monkeypatch.setattr("kit.grading.record.ExerciseResult.max_score", 5.0)

    with pytest.raises(NbGraderException, match="run `kit build small` first"):
        plain()
    assert without_records(files()) == without_records(before)


def test_a_reference_that_does_not_pass_is_an_error_of_nbgraders_before_anything_else(
    small_course, submit, plain, files
):
    submit("ada", "points = 3", small="{}")
    plain()
    (small_course / "solutions/small/activations.py").write_text("break", encoding="utf-8")
    before = files()

    with pytest.raises(NbGraderException, match="the sandbox broke"):
        plain()
    assert files() == before


@pytest.mark.parametrize("papers", [{}, {"small": "{}"}])
def test_a_grader_that_fails_leaves_the_marks_as_they_were(submit, plain, marks, papers):
    submit("ada", "points = 2", **papers)
    plain()
    submit("ada", "break", **papers)
    submit("bob", "break", **papers)

    with pytest.raises(NbGraderException):
        plain()

    assert (marks("ada"), marks("bob")) == ((2.0, False), (None, True))


def test_what_nbgrader_has_graded_is_what_a_regrade_compares_with(small_course, submit, plain):
    submit("ada", "points = 2", small="{}")

    plain()

    assert records_before(small_course, "small")["ada"].score == 2.0


def test_one_evaluator_serves_all_of_nbgraders_own_door(submit, evaluator, plain):
    for student in ("ada", "bob", "eve"):
        submit(student, "points = 1", small="{}")

    plain()

    assert evaluator.started == 1


def test_a_broken_evaluator_is_replaced_for_the_next_student(submit, evaluator, plain):
    submit("ada", "break", small="{}")
    submit("bob", "points = 1", small="{}")

    with pytest.raises(NbGraderException):
        plain()

    assert (evaluator.started, evaluator.closed) == (2, 1)


def test_a_changed_suite_gets_a_fresh_evaluator(small_course, evaluator):
    assignment = Assignment.load(small_course, "small")
    first = evaluators.running_evaluator(assignment, "off")
    again = evaluators.running_evaluator(assignment, "off")

    (assignment.hidden / "test_relu.py").write_text("# changed", encoding="utf-8")
    changed = evaluators.running_evaluator(assignment, "off")

    assert first is again
    assert changed is not first
    assert evaluator.closed == 1
