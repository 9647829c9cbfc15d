"""What an instructor sees of `kit grade`, from a fresh clone on."""

import json
import shutil

import pytest

pytestmark = pytest.mark.slow

NAME = 'Müller, "Ada"\x1b[31m'


@pytest.fixture(scope="module")
def clone(copy_course, tmp_path_factory):
    """A course without a gradebook, and two submissions of plain files."""
    course = copy_course(tmp_path_factory.mktemp("clone") / "course")
    for student, part in {NAME: "solutions", "stubs": "assignments"}.items():
        folder = course / "submitted" / student / "backprop"
        folder.mkdir(parents=True)
        for path in (course / part / "backprop").glob("*.py"):
            shutil.copy(path, folder)
    return course


@pytest.fixture(scope="module")
def graded(clone, run_python):
    return run_python("-m", "kit", "grade", "backprop", cwd=clone / "submitted")


def test_a_fresh_clone_is_graded_with_one_command(graded, clone):
    assert graded.returncode == 0, graded.stderr
    assert (clone / "gradebook.db").exists()
    assert (clone / "autograded/stubs/backprop/backprop.ipynb").exists()


def test_the_table_has_a_line_for_each_student(graded):
    head, first, second = (line.split() for line in graded.stdout.splitlines())

    exercises = ["relu", "sigmoid", "bce", "layer_forward", "layer_backward", "accuracy"]
    assert head[1::2] == [*exercises, "total"]
    assert head[2::2] == ["/15", "/15", "/20", "/10", "/25", "/15", "/100"]
    assert first[-7:] == ["15", "15", "20", "10", "25", "15", "100"]
    assert second == ["stubs", *["0"] * 7]


def test_the_table_holds_no_control_character_and_a_pipe_gets_no_colour(graded):
    assert "\x1b" not in graded.stdout
    assert "\\x1b[31m" in graded.stdout
    assert graded.stderr == "kit: 0 points (1):\n  stubs: not implemented yet\n"


@pytest.mark.usefixtures("graded")
def test_a_program_gets_one_record_a_line(clone, run_python):
    done = run_python("-m", "kit", "grade", "backprop", "--json", cwd=clone)

    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [record["submission"]["name"] for record in records] == [NAME, "stubs"]
    assert [record["score"] for record in records] == [100.0, 0.0]


@pytest.mark.usefixtures("graded")
def test_a_dry_run_prints_whose_marks_would_change_and_writes_nothing(clone, run_python):
    elsewhere = clone.parent / "dry"
    shutil.copytree(clone / "submitted/stubs", elsewhere / "stubs")
    for student in ("stubs", "zoe"):
        shutil.copytree(
            clone / "solutions/backprop", elsewhere / student / "backprop", dirs_exist_ok=True
        )
    before = {path: path.stat().st_mtime_ns for path in clone.glob("*book.db*")}
    there = sorted(clone.iterdir())
    options = ("--submitted", elsewhere, "--dry-run")

    done = run_python("-m", "kit", "grade", "backprop", *options, cwd=clone)
    told = run_python("-m", "kit", "grade", "backprop", *options, "--json", cwd=clone)

    lines = [line.split() for line in done.stdout.splitlines()]
    assert lines == [["student", "is", "would", "be"], ["stubs", "0", "100"], ["zoe", "new", "100"]]
    first, *others = done.stderr.splitlines()
    assert first == "2 of 2 would change; nothing was written"
    assert "in the gradebook, and nothing handed in (1)" in others[0]
    stubs, zoe = (json.loads(line) for line in told.stdout.splitlines())
    assert (stubs["student"], stubs["before"]["relu"], stubs["after"]["relu"]) == (
        "stubs",
        0.0,
        15.0,
    )
    assert (zoe["student"], zoe["before"]) == ("zoe", None)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert sorted(clone.iterdir()) == there
    assert not (clone / "autograded/zoe").exists()


def test_a_broken_configuration_grades_nothing(copy_course, tmp_path, run_python):
    course = copy_course(tmp_path / "course")
    (course / "nbgrader_config.py").write_text("c = get_config()\n1 / 0\n", encoding="utf-8")
    (course / "submitted/ada/backprop").mkdir(parents=True)

    done = run_python("-m", "kit", "grade", "backprop", "--course", course, cwd=tmp_path)

    assert done.returncode == 2
    assert done.stderr == f"kit: {course}/nbgrader_config.py cannot be loaded: division by zero\n"
    assert not (course / "autograded").exists()


def test_a_missing_nbgrader_is_told_in_one_line(clone, run_python):
    code = (
        "import sys; sys.modules['nbgrader'] = None; import kit.cli; kit.cli.main(['grade', 'x'])"
    )

    done = run_python("-c", code, cwd=clone)

    assert done.returncode == 2
    assert done.stderr == "kit: grading a class needs nbgrader: pip install 'backprop-kit[grade]'\n"


def test_a_submission_that_cannot_be_graded_is_named_and_the_exit_code_is_1(clone, run_python):
    elsewhere = clone.parent / "elsewhere"
    shutil.copytree(clone / "submitted/stubs", elsewhere / "stubs")
    (elsewhere / "eve").mkdir()
    (elsewhere / "eve" / "backprop").symlink_to(elsewhere / "stubs" / "backprop")

    done = run_python("-m", "kit", "grade", "backprop", "--submitted", elsewhere, cwd=clone)

    assert done.returncode == 1
    assert "kit: 1 of 2 could not be graded:\n  eve: " in done.stderr
    assert done.stdout.splitlines()[1].startswith("stubs ")
