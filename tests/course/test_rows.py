"""What `kit grade` writes is what `nbgrader autograde` writes, and nothing a human gave is lost."""

import sqlite3
import warnings
from contextlib import closing, suppress

import pytest
from nbgrader.api import Gradebook
from nbgrader.converters.base import NbGraderException

from kit.course import rows as module
from kit.course.grade import grade
from kit.errors import UsageError

ROWS = """
    SELECT student.id AS who, student.*, submitted.timestamp, submitted.extension, sheet.flagged,
        sheet.late_submission_penalty, cell.name AS cell, cell.type, grade.auto_score, grade.manual_score,
        grade.extra_credit, grade.needs_manual_grade, comment.auto_comment, comment.manual_comment
    FROM student
    LEFT JOIN submitted_assignment AS submitted ON submitted.student_id = student.id
    LEFT JOIN submitted_notebook AS sheet ON sheet.assignment_id = submitted.id
    LEFT JOIN base_cell AS cell ON cell.notebook_id = sheet.notebook_id
    LEFT JOIN grade ON grade.notebook_id = sheet.id AND grade.cell_id = cell.id
    LEFT JOIN comment ON comment.notebook_id = sheet.id AND comment.cell_id = cell.id
    ORDER BY student.id, cell.name, cell.type
"""
COUNTS = ("student", "submitted_assignment", "submitted_notebook", "grade", "comment", "course")
LATE = "2026-01-02 00:00:00 UTC"


def rows(course):
    with closing(sqlite3.connect(course / "gradebook.db")) as database:
        counts = [database.execute(f"SELECT count(*) FROM {name}").fetchone() for name in COUNTS]
        database.row_factory = sqlite3.Row
        return counts, [dict(row) for row in database.execute(ROWS)]


def column(course, cell, name):
    return {row["who"]: row[name] for row in rows(course)[1] if row["cell"] == cell}


def configure(course, line):
    with (course / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write(f"\n{line}\n")


def grade_by_hand(course):
    """Give what only a human gives, to two students of three."""
    with warnings.catch_warnings(), Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        warnings.simplefilter("ignore")
        for student, score in {"ada": 2.5, "bob": 0.0}.items():
            found = gradebook.find_grade("relu", "small", "small", student)
            found.manual_score, found.extra_credit, found.needs_manual_grade = score, 0.5, False
            gradebook.find_grade("essay", "small", "small", student).manual_score = 1.5
            comment = gradebook.find_comment("activations_py", "small", "small", student)
            comment.manual_comment = "well done"
        gradebook.db.commit()


@pytest.fixture
def hand_in(submit):
    """Hand in for a class: what the rules of nbgrader's rows are about."""

    def attempt(ada, bob):
        placeholder = "# The feedback shows your file here."
        submit("ada", ada, small="{}", timestamp=LATE)
        submit("bob", bob, small="{}")
        submit("untouched", placeholder, small="{}", timestamp="2025-12-01 00:00:00 UTC")

    return attempt


@pytest.fixture
def doors(small_course, hand_in, add_task):
    """Grade a class, grade it by hand, and grade it again; return the rows after every step."""
    configure(small_course, "c.LateSubmissionPlugin.penalty_method = 'zero'")
    add_task()

    def through(door):
        seen = []
        for ada, bob in (("points = 1", "points = 3"), ("points = 2", "break")):
            hand_in(ada, bob)
            with suppress(NbGraderException):  # there is one whose grading fails
                door()
            seen.append(rows(small_course))
            grade_by_hand(small_course)
        return seen

    return through


NBGRADERS_OWN = [
    "kit.course.autograde.Evaluate",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
]


@pytest.mark.parametrize("settings", [{}, {"autograde_preprocessors": NBGRADERS_OWN}])
def test_a_class_graded_twice_with_a_human_in_between_has_nbgraders_rows(
    settings, doors, plain, small_course
):
    start = (small_course / "gradebook.db").read_bytes()
    ours = doors(lambda: grade(small_course, "small"))
    penalties = column(small_course, "relu", "late_submission_penalty")
    for path in small_course.glob("gradebook.db*"):
        path.unlink()
    (small_course / "gradebook.db").write_bytes(start)

    assert doors(lambda: plain(**settings)) == ours
    assert penalties == {"ada": 4.5, "bob": None, "untouched": None}
    assert column(small_course, "relu", "auto_score") == {"ada": 2.0, "bob": 3.0, "untouched": 0.0}
    assert column(small_course, "activations_py", "auto_comment")["untouched"] == "No response."


def test_what_a_human_gave_stays_when_a_student_is_graded_again(doors, small_course):
    doors(lambda: grade(small_course, "small"))
    grade(small_course, "small")

    manual = {"ada": 2.5, "bob": 0.0, "untouched": None}
    assert column(small_course, "relu", "manual_score") == manual
    assert column(small_course, "relu", "extra_credit") == {
        "ada": 0.5,
        "bob": 0.5,
        "untouched": None,
    }
    remarks = column(small_course, "activations_py", "manual_comment")
    assert remarks == {"ada": "well done", "bob": "well done", "untouched": None}


def test_a_class_is_written_a_few_students_at_a_time(small_course, submit, marks, monkeypatch):
    monkeypatch.setattr(module, "_AT_ONCE", 2)
    for number in range(5):
        submit(f"student {number}", "points = 2")

    grade(small_course, "small")
    grade(small_course, "small")

    assert {marks(f"student {number}") for number in range(5)} == {(2.0, False)}


PLUGIN = """
from nbgrader.plugins import LateSubmissionPlugin
class HalfAPointADay(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return {cost}
c.AssignLatePenalties.plugin_class = HalfAPointADay
"""


def test_the_courses_own_penalty_is_taken_within_the_bounds_of_nbgrader(small_course, submit):
    configure(small_course, PLUGIN.format(cost="0.5 * total_seconds_late / 86400"))
    submit("ada", "points = 3", timestamp="2026-01-03 00:00:00 UTC")
    submit("bob", "points = 3", timestamp="2026-02-01 00:00:00 UTC")

    grade(small_course, "small")

    penalties = column(small_course, "relu", "late_submission_penalty")
    assert penalties == {"ada": 1.0, "bob": 3.0}


def test_an_extension_is_heeded(small_course, submit):
    configure(small_course, "c.LateSubmissionPlugin.penalty_method = 'zero'")
    submit("ada", "points = 3", timestamp=LATE)
    grade(small_course, "small")
    with Gradebook(f"sqlite:///{small_course / 'gradebook.db'}") as gradebook:
        gradebook.grant_extension("small", "ada", days=2)

    grade(small_course, "small")

    assert column(small_course, "relu", "late_submission_penalty") == {"ada": None}


def test_a_penalty_that_fails_is_an_error_and_nothing_is_written(small_course, submit, files):
    configure(small_course, PLUGIN.format(cost="1 / 0"))
    submit("ada", "points = 3", timestamp=LATE)
    before = files()

    with pytest.raises(UsageError, match="the late penalty of ada failed: ZeroDivisionError"):
        grade(small_course, "small")
    assert files() == before


def test_no_penalty_is_taken_where_the_course_has_taken_the_step_out(small_course, submit):
    configure(small_course, "c.LateSubmissionPlugin.penalty_method = 'zero'")
    configure(small_course, "c.Autograde.autograde_preprocessors.pop()")
    submit("ada", "points = 3", timestamp=LATE)

    grade(small_course, "small")

    assert column(small_course, "relu", "late_submission_penalty") == {"ada": None}
