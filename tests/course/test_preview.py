"""A dry run says what grading would change, and writes nothing."""

from kit.course.grade import grade
from kit.course.preview import Preview, preview, total


def dry(course):
    return preview(course, "small", dict(grade(course, "small", dry_run=True)))


def test_a_dry_run_says_who_is_new_and_whose_marks_would_change(small_course, submit, files):
    for student in ("ada", "bob", "eve"):
        submit(student, "points = 1")
    grade(small_course, "small")
    submit("ada", "points = 3")
    submit("bob", "break")
    submit("zoe", "points = 2")
    before = files()

    seen = dry(small_course)

    assert seen == [
        Preview("ada", {"relu": 1.0}, {"relu": 3.0}),
        Preview("bob", {"relu": 1.0}, None),
        Preview("eve", {"relu": 1.0}, {"relu": 1.0}),
        Preview("zoe", None, {"relu": 2.0}),
    ]
    assert [one.changes for one in seen] == [True, True, False, True]
    assert files() == before


def test_a_dry_run_makes_no_gradebook(small_course, submit, files):
    submit("ada", "points = 3")
    (small_course / "gradebook.db").unlink()
    before = files()

    assert dry(small_course) == [Preview("ada", None, {"relu": 3.0})]
    assert files() == before


def test_who_failed_before_and_fails_again_changes_nothing(small_course, submit):
    submit("ada", "break")
    grade(small_course, "small")

    (ada,) = dry(small_course)

    assert (ada.changes, total(ada.before), total(ada.after)) == (False, None, None)
