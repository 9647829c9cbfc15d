"""What is wrong with a course is found before a class is graded in it, and says what to do."""

import shutil
import sys
import tempfile
from pathlib import Path

import pytest

from kit.course import checkup
from kit.course.checkup import check_course

pytestmark = pytest.mark.slow

NAMES = [
    *("configuration", "places", "gradebook", "assignments", "markers", "alembic"),
    *("folders", "dates", "path", "privacy"),
]


@pytest.fixture(autouse=True)
def no_rehearsal(monkeypatch):
    """Leave out what takes seconds: tests/e2e/test_doctor.py is about it."""
    monkeypatch.setattr(checkup, "rehearse", lambda *_: None)


@pytest.fixture
def look(course):
    """Return the problems of the course, by name; the others say nothing."""

    def look():
        return [(each.name, each.problem) for each in check_course(course) if each.problem]

    return look


@pytest.fixture
def configure(course):
    """Add lines to the configuration of the course."""

    def configure(lines):
        with (course / "nbgrader_config.py").open("a", encoding="utf-8") as config:
            config.write(f"\n{lines}\n")

    return configure


@pytest.fixture
def hand_in(course):
    """Make a submission with a time."""

    def hand_in(student, time):
        folder = course / "submitted" / student / "backprop"
        folder.mkdir(parents=True)
        (folder / "timestamp.txt").write_text(time, encoding="utf-8")
        return folder / "timestamp.txt"

    return hand_in


def test_a_sound_course_has_no_problem(course):
    findings = check_course(course)

    assert [finding.name for finding in findings] == NAMES
    assert {finding.problem for finding in findings} == {""}


def test_a_configuration_that_cannot_be_loaded_is_all_that_is_told(course, look, configure):
    configure("1 / 0")

    assert look() == [
        (
            "configuration",
            f"{course / 'nbgrader_config.py'} cannot be loaded: division by zero",
        )
    ]


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ("c.Autograde.autograde_preprocessors = []", "must have 'kit.course.autograde.Evaluate'"),
        ("c.Autograde.sanitize_preprocessors = []", "must have 'kit.course.autograde.Rebuild'"),
        (
            "c.GenerateAssignment.preprocessors = c.GenerateAssignment.preprocessors[:-1]",
            "must have 'kit.course.release.AssertNoLeak' in c.GenerateAssignment.preprocessors",
        ),
        (
            "c.GenerateAssignment.preprocessors = c.GenerateAssignment.preprocessors[1:]",
            "must have 'kit.course.release.StripSolutions' in c.GenerateAssignment.preprocessors",
        ),
        (
            "c.Autograde.exporter_class = 'nbconvert.exporters.NotebookExporter'",
            "set c.Autograde.exporter_class = 'kit.course.autograde.SubmissionExporter'",
        ),
        ("c.Autograde.exporter_class = 'pathlib.Path'", "expected a subclass of"),
        (
            "c.CourseDirectory.source_directory = 'source'",
            "set c.CourseDirectory.source_directory = 'solutions'",
        ),
        (
            "c.CourseDirectory.release_directory = 'release'",
            "set c.CourseDirectory.release_directory = 'assignments'",
        ),
    ],
)
def test_steps_and_places_that_are_not_the_kits_are_found(look, configure, lines, problem):
    configure(lines)

    ((name, told),) = look()

    assert (name, problem in told) == ("configuration", True)


def test_files_that_nbgrader_would_overwrite_are_named(look, configure):
    configure("c.Autograde.exclude_overwriting = {'backprop': ['losses.py']}")

    told = look()

    assert [name for name, _ in told] == ["assignments", "assignments"]
    assert "must name activations.py in c.Autograde.exclude_overwriting['backprop']" in told[0][1]
    assert "must name layers.py" in told[1][1]


def test_a_hidden_test_in_the_solution_is_found_before_it_is_released(course, look):
    stray = course / "solutions/backprop/test_more.py"
    shutil.copy(course / "tests/hidden/backprop/test_relu.py", stray)

    told = dict(look())

    assert (
        f"{stray} is a hidden test, and what lies in solutions/ is released" in told["assignments"]
    )
    assert str(course / "tests/hidden/backprop") in told["assignments"]


def test_an_assignment_without_hidden_tests_is_found(course, look):
    shutil.rmtree(course / "tests/hidden/backprop")

    assert "backprop has no hidden tests" in dict(look())["assignments"]


def test_a_course_without_an_assignment_says_what_one_is(course, look):
    shutil.rmtree(course / "solutions/backprop")

    assert "one is a folder with solutions/<name>/assignment.toml" in dict(look())["assignments"]


def test_a_missing_alembic_is_found(look, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))

    assert "pip install alembic" in dict(look())["alembic"]


def test_a_gradebook_that_is_none_is_found(course, look):
    (course / "gradebook.db").write_text("this is no database", encoding="utf-8")

    assert "file is not a database" in dict(look())["gradebook"]


def test_a_folder_that_formgrader_would_take_for_an_assignment_is_found(course):
    for name in ("notes", ".hidden"):
        (course / "solutions" / name).mkdir()

    (finding,) = [each for each in check_course(course) if each.problem]

    assert (finding.name, finding.needed) == ("folders", False)
    assert finding.problem.startswith(f"{course / 'solutions/notes'} has no assignment.toml")


def test_a_time_that_is_no_date_is_found_and_others_are_not(look, hand_in):
    hand_in("ada", "2026-01-31 12:00:00 UTC")
    bad = hand_in("bob", "yesterday, I think")

    ((name, told),) = look()

    assert (name, told.startswith(f"{bad} is no date")) == ("dates", True)


def test_what_everybody_on_the_machine_can_read_is_found(copy_course):
    def look():
        return [(each.name, each.problem) for each in check_course(course) if each.problem]

    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        course = copy_course(Path(folder, "course"))
        (course / "records").mkdir(mode=0o755)
        (course / "gradebook.db").touch(mode=0o644)
        open_to_all = look()
        (course / "records").chmod(0o700)
        (course / "gradebook.db").chmod(0o660)

        assert [name for name, _ in open_to_all] == ["privacy", "privacy"]
        assert f"chmod -R o= {course / 'records'}" in open_to_all[0][1]
        assert f"can read {course / 'gradebook.db'}" in open_to_all[1][1]
        assert look() == []


def test_what_lies_in_a_folder_of_ones_own_is_private(course, look):
    course.chmod(0o700)
    (course / "records").mkdir(mode=0o755)

    assert look() == []
