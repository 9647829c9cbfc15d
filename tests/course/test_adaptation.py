"""nbgrader's own commands and Formgrader grade as `kit grade` does: without a notebook, with any date."""

import json
import os
import shutil

import pytest
from nbgrader.apps.api import NbGraderAPI
from nbgrader.converters.base import NbGraderException

from kit.course import adaptation
from kit.course.application import open_course
from kit.course.grade import grade

# nbgrader's use of SQLAlchemy, noisy and harmless
pytestmark = pytest.mark.filterwarnings("ignore:Object of type <Submitted")


@pytest.fixture
def formgrader(small_course):
    """What Formgrader asks for its pages, and for what its buttons do."""
    application = open_course(small_course, "")
    return NbGraderAPI(application.coursedir, parent=application)


def test_nbgrader_grades_students_who_handed_in_files_and_no_notebook(submit, plain, marks):
    for student in ("ada", "b[o]b", ".hidden"):
        submit(student, "points = 2")
    submit("eve", "points = 1", small="{}")

    plain()

    assert [marks(student) for student in ("ada", "b[o]b", "eve")] == [
        *((2.0, False), (2.0, False), (1.0, False))
    ]


def test_formgraders_button_grades_a_student_without_a_notebook(submit, formgrader, marks):
    submit("ada", "points = 2")

    outcome = formgrader.autograde("small", "ada")

    assert outcome["success"], outcome
    assert marks("ada") == (2.0, False)


def test_a_button_grades_the_student_of_that_name_and_no_other_that_it_fits(
    submit, formgrader, marks, small_course
):
    for student in ("b[o]b", "bob"):
        submit(student, "points = 2")

    assert formgrader.autograde("small", "b[o]b")["success"]

    assert marks("b[o]b") == (2.0, False)
    assert not (small_course / "autograded/bob").exists()


def test_formgraders_page_of_a_class_shows_students_whose_date_is_none(submit, formgrader, caplog):
    submit("ada", "points = 2", timestamp="30.11.2026")
    before = formgrader.get_submissions("small")

    outcome = formgrader.autograde("small", "ada")

    assert [(it["student"], it["autograded"]) for it in before] == [("ada", False)]
    assert outcome["success"]
    assert caplog.text.count("timestamp.txt is no date") == 1
    assert [it["score"] for it in formgrader.get_submissions("small")] == [2.0]


@pytest.mark.parametrize("date", ["2026-06-01 19:30 EDT", "2026", "\ufeff2025-06-01 00:00:00 UTC"])
def test_a_date_means_the_same_through_both_doors(date, submit, plain, small_course):
    late = small_course / "nbgrader_config.py"
    late.write_text(f"{late.read_text('utf-8')}\nc.LateSubmissionPlugin.penalty_method = 'zero'")
    submit("ada", "points = 2", timestamp=date)
    shutil.copytree(small_course, small_course.with_name("ours"))

    plain()
    [(_, record)] = grade(small_course.with_name("ours"), "small")

    assert record.score == 2.0
    found = [penalty_and_time(it) for it in (small_course, small_course.with_name("ours"))]
    assert found[0] == found[1]
    assert found[0][0] is None


def penalty_and_time(course):
    application = open_course(course, "small")
    with NbGraderAPI(application.coursedir, parent=application).gradebook as gradebook:
        sheet = gradebook.find_submission_notebook("small", "small", "ada")
        return sheet.late_submission_penalty or None, sheet.assignment.timestamp


def test_a_class_that_has_not_handed_in_is_named_by_nbgrader_as_ever(plain):
    with pytest.raises(NbGraderException, match="No notebooks were matched"):
        plain()


def test_alembic_is_found_where_no_virtual_environment_is_activated(monkeypatch):
    monkeypatch.setenv("PATH", os.defpath)

    adaptation.adapt()

    assert shutil.which("alembic")


PENALTY = """
from nbgrader.plugins import LateSubmissionPlugin
class OnePoint(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return 1.0
"""


def test_a_late_penalty_in_a_module_beside_the_configuration_is_imported(
    small_course, submit, monkeypatch, tmp_path
):
    (small_course / "late_by_one.py").write_text(PENALTY, encoding="utf-8")
    configure(small_course, "c.AssignLatePenalties.plugin_class = 'late_by_one.OnePoint'")
    submit("ada", "points = 3", timestamp="2026-01-02 00:00:00 UTC")
    monkeypatch.chdir(tmp_path)

    grade(small_course, "small")

    assert penalty_and_time(small_course)[0] == 1.0


def test_a_late_penalty_that_cannot_be_imported_stops_before_the_evaluation(
    small_course, submit, monkeypatch
):
    from kit.course import grade as module
    from kit.errors import UsageError

    monkeypatch.setattr(module, "evaluate_class", None)
    configure(small_course, "c.AssignLatePenalties.plugin_class = 'nowhere.OnePoint'")
    submit("ada", "points = 3")

    with pytest.raises(UsageError, match=r"plugin_class of nbgrader_config.py cannot be used"):
        grade(small_course, "small")


def configure(course, line):
    with (course / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write(f"\n{line}\n")


def ordinary_notebook():
    about = {"schema_version": 3, "task": False, "locked": False}
    answer = {"grade_id": "answer", "grade": False, "solution": True, **about}
    test = {"grade_id": "test", "grade": True, "solution": False, "points": 2, **about}
    code = {"cell_type": "code", "outputs": [], "execution_count": None}
    solved = "### BEGIN SOLUTION\nx = 1\n### END SOLUTION"
    cells = [
        {**code, "metadata": {"nbgrader": answer}, "source": solved},
        {**code, "metadata": {"nbgrader": {**test, "locked": True}}, "source": "assert x == 1"},
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = {"cells": cells, "metadata": {"kernelspec": kernel}}
    return json.dumps({**notebook, "nbformat": 4, "nbformat_minor": 4})


@pytest.mark.slow
def test_an_ordinary_assignment_of_the_same_course_works_as_ever(small_course, submit, formgrader):
    source = small_course / "solutions" / "ordinary"
    source.mkdir()
    (source / "ordinary.ipynb").write_text(ordinary_notebook(), encoding="utf-8")
    (source / "helper.py").write_text("secret = 1  # of the course\n", encoding="utf-8")
    handed_in = small_course / "submitted" / "ada" / "ordinary"

    released = formgrader.generate_assignment("ordinary")
    assert released["success"], released
    text = (small_course / "assignments/ordinary/ordinary.ipynb").read_text("utf-8")
    shutil.copytree(small_course / "assignments/ordinary", handed_in)
    solved = text.replace("# YOUR CODE HERE\\n", "").replace("raise NotImplementedError()", "x = 1")
    (handed_in / "ordinary.ipynb").write_text(solved, encoding="utf-8")
    (handed_in / "helper.py").write_text("secret = 2", encoding="utf-8")
    submit("ada", "points = 2")
    done = [formgrader.autograde(name, "ada") for name in ("ordinary", "small")]
    pages = formgrader.generate_feedback("ordinary")

    assert "YOUR CODE HERE" in text
    assert [it["success"] for it in (*done, pages)] == [True] * 3, (done, pages)
    scores = {
        name: formgrader.get_submission(name, "ada")["score"] for name in ("ordinary", "small")
    }
    assert scores == {"ordinary": 2.0, "small": 2.0}
    graded = (small_course / "autograded/ada/ordinary/helper.py").read_text("utf-8")
    assert graded == "secret = 1  # of the course\n"
    assert (small_course / "feedback/ada/ordinary/ordinary.html").exists()


def test_solutions_whose_manifest_is_lost_are_not_released_as_an_ordinary_assignment(
    small_course, formgrader
):
    (small_course / "solutions/small/assignment.toml").unlink()
    shutil.copy(small_course / "assignments/small/small.ipynb", small_course / "solutions/small")

    outcome = formgrader.generate_assignment("small")

    assert not outcome["success"]
    assert "no assignment is called 'small'" in outcome["log"] + outcome["error"]
    released = [path.name for path in (small_course / "assignments/small").iterdir()]
    assert released == ["small.ipynb"]  # as it was
