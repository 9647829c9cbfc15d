"""A dry run says what grading would change, and writes nothing."""

import shutil

from kit.course.grade import grade
from kit.course.preview import Preview, preview, total


def dry(course):
    return preview(course, "small", dict(grade(course, "small", dry_run=True)))


def test_a_dry_run_says_who_is_new_and_whose_marks_would_change(small_course, submit, files):
    for student in ("ada", "bob", "eve"):
        submit(student, "points = 1")
    submit("gus", "points = 2")
    grade(small_course, "small")
    submit("ada", "points = 3")
    submit("bob", "break")
    submit("fay", "break")
    shutil.rmtree(submit("gus", "points = 2"))
    (small_course / "submitted/gus/small").symlink_to("/tmp")
    submit("zoe", "points = 2")
    before = files()

    seen = dry(small_course)

    assert seen == [
        Preview("ada", {"relu": 1.0}, {"relu": 3.0}),
        Preview("eve", {"relu": 1.0}, {"relu": 1.0}),
        Preview("gus", {"relu": 2.0}, None),
        Preview("zoe", None, {"relu": 2.0}),
    ]
    assert [one.changes for one in seen] == [True, False, True, True]
    assert files() == before


def test_a_question_that_a_human_marks_is_no_change(small_course, submit, add_task):
    add_task()
    submit("ada", "points = 1")
    grade(small_course, "small")

    assert [(one.before, one.changes) for one in dry(small_course)] == [({"relu": 1.0}, False)]


def test_a_dry_run_makes_no_gradebook(small_course, submit, files):
    submit("ada", "points = 3")
    (small_course / "gradebook.db").unlink()
    before = files()

    assert dry(small_course) == [Preview("ada", None, {"relu": 3.0})]
    assert files() == before


def test_a_refusal_after_a_refusal_changes_nothing(small_course, submit):
    (submit("ada").parent / "small").rmdir()
    (small_course / "submitted/ada/small").symlink_to("/tmp")
    grade(small_course, "small")

    (ada,) = dry(small_course)

    assert (ada.changes, total(ada.before), total(ada.after)) == (False, None, None)
