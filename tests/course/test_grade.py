"""A class is graded to its last student, whatever one of them sent."""

import shutil

import pytest
from nbgrader.api import Gradebook

from kit.course import grade as module
from kit.course import posting
from kit.course.absent import NOTHING
from kit.course.grade import grade
from kit.course.rebuild import check_points
from kit.errors import GradingError, SuiteError, UsageError

NAMES = ["Müller, Ada", 'the "third"', "o'neil", "a+b", "[x]*", "  spaced", "学生", "-rf", "a" * 90]
DATES = ["garbage", "", "2026-99-99", "9" * 400, "\x01", "99999-01-01", "1 2 3 4", "2026 1 UTC"]


def entry(course, student):
    database = f"sqlite:///{course / 'gradebook.db'}"
    with Gradebook(database) as gradebook:
        submission = gradebook.find_submission("small", student)
        return submission.timestamp, submission.notebooks[0].late_submission_penalty


def test_a_student_without_a_notebook_is_graded(small_course, submit, marks):
    submit("ada", "points = 1.5")

    [(student, record)] = grade(small_course, "small")

    assert (student, record.score) == ("ada", 1.5)
    assert marks("ada") == (1.5, False)


def test_a_name_may_hold_whatever_a_folder_may_be_called(small_course, submit, marks):
    for name in NAMES:
        submit(name, "points = 2")

    assert [student for student, _ in grade(small_course, "small")] == sorted(NAMES)
    assert {marks(name) for name in NAMES} == {(2.0, False)}


def test_submissions_may_lie_elsewhere(small_course, submit, tmp_path):
    submit("ada", "points = 2")
    elsewhere = (small_course / "submitted").rename(tmp_path / "elsewhere")

    [(student, record)] = grade(small_course, "small", elsewhere)

    assert (student, record.score) == ("ada", 2.0)


def test_stray_files_and_other_assignments_are_no_submissions(small_course, submit):
    submit("ada", "points = 2")
    for stray in (".git/small", "bob/another"):
        (small_course / "submitted" / stray).mkdir(parents=True)
    (small_course / "submitted" / "grades.csv").write_text("", encoding="utf-8")

    assert [student for student, _ in grade(small_course, "small")] == ["ada"]


def test_a_failure_of_the_grader_is_one_students_alone_and_leaves_an_earlier_mark(
    small_course, submit, marks
):
    submit("ada", "points = 3")
    submit("bob", "points = 1")
    grade(small_course, "small")
    submit("ada", "break")
    submit("bob", "points = 2")

    outcomes = dict(grade(small_course, "small"))

    assert outcomes["ada"] == "the sandbox broke"
    assert (marks("ada"), marks("bob")) == ((3.0, False), (2.0, False))
    assert (small_course / "autograded" / "ada" / "small").exists()


def test_a_submission_that_is_refused_loses_an_earlier_mark(small_course, submit, marks):
    folder = submit("ada", "points = 3")
    grade(small_course, "small")
    shutil.rmtree(folder)
    folder.symlink_to("/tmp")

    outcomes = dict(grade(small_course, "small"))

    assert "is a link" in outcomes["ada"]
    assert marks("ada") == (None, True)
    assert not folder.with_name("autograded").exists()


def test_a_reference_that_does_not_pass_changes_nothing(small_course, submit, files, monkeypatch):
    submit("ada", "points = 3")
    grade(small_course, "small")
    submit("ada", "points = 1")
    before = files()

    def refuse(*_, **__):
        raise SuiteError("the reference does not pass")
        yield

    monkeypatch.setattr(module, "evaluate_class", refuse)
    with pytest.raises(SuiteError, match="the reference does not pass"):
        grade(small_course, "small")
    assert files() == before


def test_points_that_differ_from_the_gradebook_are_one_refusal(
    small_course, submit, files, monkeypatch
):
    submit("ada", "points = 3")
    grade(small_course, "small")
    submit("ada", "points = 1")
    before = files()
    monkeypatch.setattr("kit.grading.record.ExerciseResult.max_score", 5.0)

    with pytest.raises(GradingError, match="no mark has changed: run `kit build small` first"):
        grade(small_course, "small")
    assert files() == before


@pytest.mark.parametrize(
    ("worth", "says"),
    [
        ({"relu": 2.0}, "the hidden tests of 'relu' give 3 points and the gradebook 2 points"),
        ({"rleu": 3.0}, "the hidden tests of 'relu' give 3 points and the gradebook nothing"),
        ({"relu": 3.0, "tanh": 1.0}, "tests of 'tanh' give nothing and the gradebook 1 points"),
    ],
)
def test_an_exercise_that_is_worth_something_else_is_named(small_course, submit, worth, says):
    submit("ada", "points = 1")
    [(_, record)] = grade(small_course, "small")

    with pytest.raises(GradingError, match=says):
        check_points(record, worth)


def test_an_evaluator_that_cannot_start_takes_no_mark(small_course, submit, marks, monkeypatch):
    submit("ada", "points = 3")
    grade(small_course, "small")

    def refuse(*_, **__):
        raise GradingError("no sandbox here")
        yield

    monkeypatch.setattr(module, "evaluate_class", refuse)

    with pytest.raises(GradingError, match="no sandbox here"):
        grade(small_course, "small")
    assert marks("ada") == (3.0, False)


def test_an_interrupt_while_students_are_evaluated_changes_nothing(small_course, submit, files):
    submit("ada", "points = 3")
    grade(small_course, "small")
    submit("ada", "points = 1")
    submit("bob", "points = 3")
    before = files()

    def interrupt(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        grade(small_course, "small", on_progress=interrupt)
    assert files() == before


def test_progress_names_who_is_done(small_course, submit):
    submit("ada", "points = 3")
    submit("bob", "break")
    seen = []

    grade(small_course, "small", on_progress=lambda *progress: seen.append(progress))

    assert seen == [(1, 2, "bob"), (2, 2, "ada")]


def test_what_comes_out_is_in_the_order_of_the_names_whoever_is_done_first(small_course, submit):
    for student in ("eve", "bob", "ada"):
        submit(student, "points = 3")

    assert [student for student, _ in grade(small_course, "small")] == ["ada", "bob", "eve"]


def test_a_late_submission_is_penalized_as_the_course_says(small_course, submit, marks):
    submit("ada", "points = 3", timestamp="2026-01-02 00:00:00 UTC")
    config = small_course / "nbgrader_config.py"
    config.write_text(
        config.read_text("utf-8") + "\nc.LateSubmissionPlugin.penalty_method = 'zero'\n",
        encoding="utf-8",
    )

    grade(small_course, "small")

    assert entry(small_course, "ada")[1] == 3.0
    assert marks("ada") == (3.0, False)


def test_a_date_that_is_none_is_told_and_does_not_stop_the_grading(
    small_course, submit, marks, caplog
):
    for number, text in enumerate(DATES):
        submit(f"student {number}", "points = 3", timestamp=text)

    students = [student for student, _ in grade(small_course, "small")]

    assert len(students) == len(DATES)
    assert {marks(student) for student in students} == {(3.0, False)}
    assert {entry(small_course, student) for student in students} == {(None, None)}
    assert not list((small_course / "autograded").rglob("timestamp.txt"))
    told = [record.getMessage() for record in caplog.records if record.name == posting.__name__]
    for student, message in zip(students, told, strict=True):
        assert message.endswith(
            f"{student}/small/timestamp.txt is no date; graded as if never late"
        )


def test_a_resubmission_without_a_date_does_not_keep_the_date_of_the_first(small_course, submit):
    folder = submit("ada", "points = 3", timestamp="2025-12-01 00:00:00 UTC")
    grade(small_course, "small")
    (folder / "timestamp.txt").unlink()

    grade(small_course, "small")

    assert entry(small_course, "ada")[0] is None


def noted(course):
    notes = {}
    grade(course, "small", on_note=notes.__setitem__)
    return notes[NOTHING]


def test_students_of_the_gradebook_who_have_handed_in_nothing_are_named(
    small_course, submit, marks
):
    submit("ada", "points = 3")
    submit("bob", "points = 2")
    assert noted(small_course) == {}
    (small_course / "submitted/bob").rename(small_course / "submitted/bobby")
    with Gradebook(f"sqlite:///{small_course / 'gradebook.db'}") as gradebook:
        gradebook.add_student("zoe")

    assert noted(small_course) == {
        "bob": "the mark of an earlier submission stays (2)",
        "zoe": "no mark",
    }
    assert marks("bob") == marks("bobby") == (2.0, False)


def test_some_students_can_be_graded_alone(small_course, submit, marks):
    for student in ("ada", "bob", "eve"):
        submit(student, "points = 1")
    grade(small_course, "small")
    for student in ("ada", "bob", "eve"):
        submit(student, "points = 3")

    outcomes = grade(small_course, "small", students=("ada", "eve"))

    assert [student for student, _ in outcomes] == ["ada", "eve"]
    assert [marks(student)[0] for student in ("ada", "bob", "eve")] == [3, 1, 3]


def test_a_student_who_has_handed_in_nothing_cannot_be_graded_alone(small_course, submit):
    submit("ada", "points = 1")

    with pytest.raises(UsageError, match="no submission is of 'adda'; did you mean 'ada'"):
        grade(small_course, "small", students=("adda",))


def test_an_unreadable_folder_leaves_the_mark_and_a_link_in_it_takes_it(
    small_course, submit, marks, monkeypatch
):
    for student in ("ada", "bob"):
        submit(student, "points = 3")
    grade(small_course, "small")
    obstacles = {"ada": "small cannot be read: Permission denied", "bob": "one.py is a link"}
    monkeypatch.setattr("kit.course.intake.unfit_folder", lambda it: obstacles[it.parent.name])

    outcomes = dict(grade(small_course, "small"))

    assert outcomes == obstacles
    assert (marks("ada"), marks("bob")) == ((3.0, False), (None, True))
