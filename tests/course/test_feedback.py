"""Students get back their code, the verdicts, and no hidden test."""

import shutil

from kit.course.feedback import feedback
from kit.course.grade import grade


def test_a_page_shows_the_verdicts_and_the_students_code(small_course, submit):
    submit("ada", "points = 1.5  # mine")
    grade(small_course, "small")

    page = feedback(small_course, "small")["ada"]

    assert page == small_course / "feedback/ada/small/small.html"
    text = page.read_text("utf-8")
    assert "FAIL    1.5 of 3  keeps what is positive" in text
    assert "look at the slope" in text
    assert "# mine" in text


def test_long_lines_of_a_page_wrap_and_tables_keep_their_spaces(small_course, submit):
    submit("ada", "points = 1.5")
    grade(small_course, "small")

    head = feedback(small_course, "small")["ada"].read_text("utf-8").partition("</head>")[0]

    assert head.rstrip().endswith("</style>")
    assert "div.output_area pre { white-space: pre-wrap;" in head


def test_a_page_shows_nothing_that_is_hidden(small_course, submit):
    submit("ada", "points = 1.5")
    grade(small_course, "small")

    text = feedback(small_course, "small")["ada"].read_text("utf-8")

    assert "0.731" not in text
    assert "test_it" not in text


def test_a_script_is_shown_as_text(small_course, submit):
    submit("ada", "points = 1.5\n'<script>alert(1)</script>'")
    grade(small_course, "small")

    text = feedback(small_course, "small")["ada"].read_text("utf-8")

    assert "<script>alert" not in text
    assert "alert" in text


def test_a_refused_submission_has_no_page_not_even_an_old_one(small_course, submit):
    submit("ada", "points = 1")
    folder = submit("bob", "points = 2")
    grade(small_course, "small")
    old = feedback(small_course, "small")["bob"]
    shutil.rmtree(folder)
    folder.symlink_to("/tmp")
    grade(small_course, "small")

    assert set(feedback(small_course, "small")) == {"ada"}
    assert not old.exists()


def test_a_grader_that_failed_leaves_the_page_of_the_mark_that_counts(small_course, submit):
    submit("bob", "points = 2")
    grade(small_course, "small")
    page = feedback(small_course, "small")["bob"]
    submit("bob", "break")
    grade(small_course, "small")

    assert feedback(small_course, "small")["bob"] == page
