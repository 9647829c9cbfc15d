"""A course is graded as its configuration says, or not at all."""

import json

import pytest

from kit.course import grade as module
from kit.course.grade import grade
from kit.errors import UsageError


def test_the_folder_of_the_course_may_have_any_name(small_course, submit):
    submit("ada", "points = 2")
    odd = small_course.rename(small_course.with_name("c+[x] (1)"))

    [(_, record)] = grade(odd, "small", submitted=odd / "submitted")

    assert record.score == 2.0


def test_who_is_excluded_in_the_configuration_is_not_graded(small_course, submit):
    for student in ("ada", "bob"):
        submit(student, "points = 2")
    with (small_course / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write("\nc.CourseDirectory.student_id_exclude = 'bob'\n")

    assert [student for student, _ in grade(small_course, "small")] == ["ada"]


def test_a_course_whose_gradebook_lacks_the_assignment_is_built_first(
    small_course, submit, template, monkeypatch
):
    built = []

    def build(course, name):
        built.append((course, name))
        (course / "gradebook.db").write_bytes((template / "gradebook.db").read_bytes())

    monkeypatch.setattr(module, "build", build)
    submit("ada", "points = 3")
    (small_course / "gradebook.db").unlink()

    [(_, record)] = grade(small_course, "small")

    assert built == [(small_course, "small")]
    assert json.loads(json.dumps(record.to_json()))["score"] == 3.0


def test_a_missing_or_empty_folder_of_submissions_is_an_error(small_course):
    with pytest.raises(UsageError, match="there is no folder"):
        grade(small_course, "small")
    (small_course / "submitted" / "ada").mkdir(parents=True)
    with pytest.raises(UsageError, match="holds no submission of small; one looks like"):
        grade(small_course, "small")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("1 / 0", "nbgrader_config.py cannot be loaded: division by zero"),
        ("c.Autograde.autograde_preprocessors = []", "must have 'kit.course.autograde.Evaluate'"),
        ("c.Autograde.sanitize_preprocessors = []", "must have 'kit.course.autograde.Rebuild'"),
        (
            "c.Autograde.autograde_preprocessors.append('nbgrader.preprocessors.LimitOutput')",
            "'nbgrader.preprocessors.LimitOutput' .* no step that kit grade takes",
        ),
    ],
)
def test_nothing_is_graded_with_a_configuration_that_would_run_students_code(
    line, message, small_course, submit
):
    submit("ada", "points = 3")
    config = small_course / "nbgrader_config.py"
    config.write_text(f"{config.read_text('utf-8')}\n{line}\n", encoding="utf-8")

    with pytest.raises(UsageError, match=message):
        grade(small_course, "small")
    assert not (small_course / "autograded").exists()
