"""The table of a class shows what counts: marks of humans, and what being late costs."""

import pytest
from nbgrader.api import Gradebook

from kit.cli.scores import show_outcomes
from kit.course.grade import grade
from kit.course.standing import read_standings

pytestmark = pytest.mark.filterwarnings("ignore:Object of type <Submitted")


@pytest.fixture
def table(small_course, capsys):
    """Grade the class, and return the table as words."""

    def show():
        outcomes = dict(grade(small_course, "small"))
        show_outcomes(outcomes, read_standings(small_course, "small"), as_json=False)
        return [line.split() for line in capsys.readouterr().out.splitlines()]

    return show


def test_without_a_human_and_a_penalty_the_table_holds_the_scores(table, submit):
    submit("ada", "points = 2")

    assert table() == [["student", "relu", "/3", "total", "/3"], ["ada", "2", "2"]]


def test_marks_of_a_human_and_the_penalty_count(table, submit, small_course):
    with (small_course / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write("\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    submit("ada", "points = 1")
    submit("bob", "points = 2", timestamp="2026-01-02 00:00:00 UTC")
    table()
    with Gradebook(f"sqlite:///{small_course / 'gradebook.db'}") as gradebook:
        found = gradebook.find_grade("relu", "small", "small", "ada")
        found.manual_score, found.extra_credit = 2.5, 0.25
        gradebook.db.commit()

    assert table() == [
        ["student", "relu", "/3", "late", "total", "/3"],
        ["ada", "2.75", "0", "2.75"],
        ["bob", "2", "-2", "0"],
    ]


def test_a_question_that_a_human_has_to_mark_is_a_column(table, submit, add_task):
    add_task()
    submit("ada", "points = 1")

    head, ada = table()

    assert head == ["student", "relu", "/3", "essay", "/2", "total", "/5"]
    assert ada == ["ada", "1", "none", "1"]
