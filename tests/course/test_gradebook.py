"""The gradebook is written all at once or not at all, whatever another program or the disk does."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from kit.course import gradebook as module
from kit.course.application import open_course
from kit.course.grade import grade
from kit.errors import GradingError, UsageError

HOLD = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], isolation_level=None)
database.execute(sys.argv[2])
database.execute("SELECT count(*) FROM student").fetchall()
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def graded(small_course, submit):
    """A course with a student who is graded and has handed in something else since."""
    submit("ada", "points = 1")
    grade(small_course, "small")
    submit("ada", "points = 3")
    submit("bob", "break")
    submit("eve", "points = 2")
    return small_course


def but_backups(found):
    return {path: content for path, content in found.items() if ".backup-" not in path}


@pytest.fixture
def hold(small_course):
    """Let another process begin a transaction; yields that process."""
    running = []

    def begin(statement):
        arguments = [sys.executable, "-c", HOLD, str(small_course / "gradebook.db"), statement]
        process = subprocess.Popen(
            arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        running.append(process)
        assert process.stdout.readline() == "held\n"
        return process

    yield begin
    for process in running:
        process.communicate()


@pytest.mark.parametrize("how", ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE", "BEGIN"])
def test_a_locked_gradebook_is_waited_for_and_then_reported(how, graded, hold, files, monkeypatch):
    monkeypatch.setattr(module, "LOCK_SECONDS", 0.3)
    before = files()
    hold(how)

    with pytest.raises(
        GradingError, match=r"another program is using the gradebook .*gradebook.db"
    ):
        grade(graded, "small")
    assert but_backups(files()) == before
    assert not list(graded.glob("autograded/.kit-*"))


def test_a_gradebook_that_is_free_again_is_written(graded, hold, marks):
    process = hold("BEGIN IMMEDIATE")
    told = []

    def release(*progress):
        told.append(progress)
        if progress[2].startswith("waiting for the gradebook"):
            process.communicate()

    grade(graded, "small", on_progress=release)

    assert marks("ada") == (3.0, False)
    assert told[-1] == (3, 3, "waiting for the gradebook, which another program is writing")


@pytest.mark.parametrize("name", ["rename", "write_bytes", "mkdir"])
@pytest.mark.parametrize("at", range(5))
def test_a_disk_that_fails_leaves_everything_as_it_was(name, at, graded, files, monkeypatch):
    before = files()
    real, calls = getattr(Path, name), []

    def fail(path, *arguments, **options):
        if "autograded" in str(path):
            calls.append(path)
            if len(calls) == at + 1:
                raise OSError(28, "No space left on device", str(path))
        return real(path, *arguments, **options)

    monkeypatch.setattr(Path, name, fail)

    try:
        grade(graded, "small")
    except (OSError, UsageError):  # the places are tried before the work
        assert but_backups(files()) == before
    else:
        assert len(calls) <= at


def test_an_interrupt_between_the_folders_and_the_commit_puts_the_folders_back(
    graded, files, marks, monkeypatch
):
    before = files()

    def interrupt(_session):
        raise KeyboardInterrupt

    monkeypatch.setattr("sqlalchemy.orm.Session.commit", interrupt)

    with pytest.raises(KeyboardInterrupt):
        grade(graded, "small")
    monkeypatch.undo()
    assert but_backups(files()) == before
    assert marks("ada") == (1.0, False)


def test_a_file_that_is_no_database_is_told_and_kept(graded, files):
    (graded / "gradebook.db").write_bytes(b"these are my notes, " * 100)
    before = files()

    with pytest.raises(GradingError, match=r"gradebook.db failed: file is not a database"):
        grade(graded, "small")
    assert files() == before


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ("ALTER TABLE grade DROP COLUMN extra_credit", "grade.extra_credit"),
        ("DROP TABLE comment", "comment.auto_comment"),
    ],
)
def test_a_gradebook_of_another_version_is_told(change, missing, graded, files):
    with closing(sqlite3.connect(graded / "gradebook.db")) as database, database:
        database.execute(change)
    before = files()

    with pytest.raises(UsageError, match=rf"has no {missing}; .*`nbgrader db upgrade`"):
        grade(graded, "small")
    assert files() == before


@pytest.mark.parametrize("url", ["nonsense", "nosuchkind://host/name"])
def test_an_address_that_is_none_is_told(url, graded):
    with (graded / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write(f"\nc.CourseDirectory.db_url = {url!r}\n")

    with pytest.raises(UsageError, match=r"no address of a database|cannot be reached"):
        grade(graded, "small")


def test_a_password_is_never_shown():
    assert "secret" not in module.shown("postgresql://ada:secret@host/grades")


def test_a_gradebook_is_found_from_any_folder(graded, marks, tmp_path, monkeypatch):
    with (graded / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write("\nc.CourseDirectory.db_url = 'sqlite:///gradebook.db'\n")
    monkeypatch.chdir(tmp_path)

    grade(graded, "small")

    assert marks("ada") == (3.0, False)
    assert open_course(graded, "small").coursedir.db_url.endswith("course/gradebook.db")


def test_a_file_in_the_place_of_autograded_is_told_and_kept(graded, files):
    (graded / "autograded").rename(graded / "elsewhere")
    (graded / "autograded").write_text("a note", encoding="utf-8")
    before = files()

    with pytest.raises(UsageError, match="autograded is no folder; move it away"):
        grade(graded, "small")
    assert files() == before


def test_autograded_may_be_a_link(graded, marks, autograded):
    (graded / "autograded").rename(graded.with_name("bigger disk"))
    (graded / "autograded").symlink_to(graded.with_name("bigger disk"))

    grade(graded, "small")

    assert (graded / "autograded").is_symlink()
    assert marks("ada") == (3.0, False)
    assert autograded("ada")["activations_py"].source == "points = 3"


def test_a_student_whom_the_gradebook_cannot_hold_is_that_students_problem_alone(
    graded, submit, marks
):
    odd = b"\xff\xfe".decode(errors="surrogateescape")
    submit("x" * 129, "points = 3")
    submit(odd, "points = 3")

    outcomes = dict(grade(graded, "small"))

    assert "longer than 128 characters" in outcomes["x" * 129]
    assert "not UTF-8" in outcomes[odd]
    assert marks("ada") == (3.0, False)


def test_a_release_that_is_missing_or_another_one_is_told(graded, files):
    released = graded / "assignments/small/small.ipynb"
    text = released.read_text("utf-8").replace('"grade_id": "activations_py"', '"grade_id": "x"')
    released.write_text(text, encoding="utf-8")
    before = files()

    with pytest.raises(UsageError, match="is not what is in the gradebook; run `kit build small`"):
        grade(graded, "small")
    assert files() == before
    released.unlink()
    with pytest.raises(UsageError, match=r"No such file.*run `kit build small`"):
        grade(graded, "small")
