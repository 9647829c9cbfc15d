"""`kit forget`: all that a course keeps of a student goes, and nothing of anybody else."""

import os
import pty
import re
import shutil
import sqlite3
import subprocess
import sys
import warnings
from contextlib import closing

import pytest
from nbgrader.api import Gradebook

from kit.course import gradebook as gradebook_module
from kit.course.forget import delete, find_traces
from kit.errors import GradingError
from kit.grading.ledger import Ledger
from kit.grading.record import Record
from kit.grading.store import Store
from kit.harness.submission import read_submission
from kit.manifest import read_manifest

pytestmark = pytest.mark.slow

ADA = 'Müller, "Ada"'
STEPS = ("submitted", "autograded", "feedback")
SCRATCH = {"kit": "0.1.0", "numpy": "2.4.6", "python": "3.11.7"}


@pytest.fixture(scope="module")
def template(copy_course, tmp_path_factory):
    """A course in which two students have a submission, a page, a mark and a Record each."""
    course = copy_course(tmp_path_factory.mktemp("forget") / "course")
    with warnings.catch_warnings():  # nbgrader's use of SQLAlchemy, noisy and harmless
        warnings.simplefilter("ignore")
        fill_gradebook(course)
    for student, text in {ADA: "ada = 1", "björk": "björk = 1"}.items():
        for step in STEPS:
            hand_in(course, student, text, step)
        remember(course, student)
    shutil.copy(course / "gradebook.db", course / "gradebook.db.backup-2026-01-01")
    return course


def fill_gradebook(course):
    with Gradebook(f"sqlite:///{course}/gradebook.db", "backprop-kit") as gradebook:
        gradebook.add_assignment("backprop")
        gradebook.add_notebook("backprop", "backprop")
        gradebook.add_grade_cell("relu", "backprop", "backprop", max_score=15, cell_type="code")
        for student in (ADA, "björk"):
            gradebook.add_student(student)
            gradebook.add_submission("backprop", student)
            grade = gradebook.find_grade("relu", "backprop", "backprop", student)
            grade.auto_score = 7
        gradebook.db.commit()


@pytest.fixture
def course(template, tmp_path):
    copy = shutil.copytree(template, tmp_path / "course", symlinks=True)
    return copy.resolve()


@pytest.fixture
def forget(course, run_python):
    def run(student, *arguments):
        return run_python("-m", "kit", "forget", student, *arguments, cwd=course)

    return run


def hand_in(course, student, text, step="submitted"):
    folder = course / step / student / "backprop"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "activations.py").write_text(text, encoding="utf-8")


def record_of(course, student, suite="suite"):
    manifest = read_manifest(course / "solutions/backprop")
    sha256 = read_submission(course / "submitted" / student / "backprop", manifest).sha256
    about = {"name": student, "sha256": sha256}
    return Record("backprop", about, (), suite, "seed", {"level": "L2"}, SCRATCH, 0.1)


def remember(course, student, suite="suite"):
    record = record_of(course, student, suite)
    Store(course / "records").put(record)
    Ledger(course / "records").remember(student, record)


def students(path):
    with closing(sqlite3.connect(path)) as database:
        return {row[0] for row in database.execute("SELECT id FROM student")}


def records(course):
    return sorted((course / "records").glob("??/*"))


def everything(course):
    return {
        str(path.relative_to(course)): path.read_bytes() if path.is_file() else None
        for path in course.rglob("*")
    }


def test_all_that_the_course_keeps_of_a_student_goes(forget, course):
    remember(course, ADA, "an older suite")
    assert len(records(course)) == 3

    done = forget(ADA, "--yes")

    assert (done.returncode, done.stderr) == (0, "")
    assert [path.name for step in STEPS for path in (course / step).iterdir()] == ["björk"] * 3
    assert students(course / "gradebook.db") == {"björk"}
    assert students(course / "gradebook.db.backup-2026-01-01") == {"björk"}
    assert len(records(course)) == 1
    assert Ledger(course / "records").students() == ["björk"]


def test_no_file_of_the_course_holds_the_name_any_more(forget, course):
    forget(ADA, "--yes")

    names = [ADA.encode(), ADA.encode("unicode_escape"), b"M%C3%BCller", b"ada = 1"]
    told = {path: content or b"" for path, content in everything(course).items()}
    assert [path for path, content in told.items() if any(name in content for name in names)] == []
    assert [path for path in told if re.search("Müller|M%C3", path)] == []


def test_the_others_keep_what_they_have(forget, course):
    mark = "SELECT SUM(auto_score) FROM grade"

    forget(ADA, "--yes")

    with closing(sqlite3.connect(course / "gradebook.db")) as database:
        assert database.execute(mark).fetchone() == (7.0,)
    assert Store(course / "records").files_about({record_of(course, "björk").submission["sha256"]})


def test_what_goes_is_listed_first(forget):
    listed = forget(ADA, "--yes").stdout.splitlines()

    assert listed[0] == "1 Record"
    assert re.fullmatch(r"records/students/M%C3%BCller%2C%20%22Ada%22-\w+\.jsonl", listed[1])
    assert listed[2:] == [
        *(f"{step}/{ADA}" for step in STEPS),
        "all rows in gradebook.db",
        "all rows in gradebook.db.backup-2026-01-01",
    ]


def test_without_a_terminal_and_without_yes_nothing_is_deleted(forget, course):
    before = everything(course)

    done = forget(ADA)

    assert done.returncode == 2
    assert done.stderr == "kit: nothing was deleted: there is nobody to ask here; add --yes\n"
    assert everything(course) == before


@pytest.mark.parametrize(("answer", "code", "left"), [("n", 130, 2), ("", 130, 2), ("y", 0, 1)])
def test_on_a_terminal_it_asks(course, answer, code, left):
    ours, theirs = pty.openpty()
    os.write(ours, f"{answer}\n".encode())
    command = [sys.executable, "-m", "kit", "forget", ADA]

    done = subprocess.run(command, cwd=course, stdin=theirs, capture_output=True, check=False)

    os.close(ours)
    os.close(theirs)
    assert done.returncode == code, done.stderr
    assert b"Delete this for good? [y/N]" in done.stdout
    assert len(list((course / "submitted").iterdir())) == left


def test_a_record_that_another_student_has_too_stays(forget, course):
    hand_in(course, "björk", "ada = 1")
    remember(course, "björk")

    done = forget(ADA, "--yes")

    assert done.stdout.startswith("0 Records; 1 that another student has too will stay\n")
    assert len(records(course)) == 2


def test_a_record_that_was_stored_and_not_remembered_goes_too(forget, course):
    Ledger(course / "records").file_of(ADA).unlink()

    forget(ADA, "--yes")

    assert len(records(course)) == 1


@pytest.mark.parametrize("name", ["bjork", "björk/../björk", "..", ".", "", "/", "*", "\x1b[31m"])
def test_a_name_that_nobody_has_deletes_nothing(forget, course, name):
    before = everything(course)

    done = forget(name, "--yes")

    hint = "; did you mean 'björk'?" if name == "bjork" else ""
    assert done.returncode == 2
    assert done.stderr == f"kit: this course knows no student {name!r}{hint}\n"
    assert everything(course) == before


def test_a_link_goes_and_what_it_leads_to_stays(forget, course, tmp_path):
    shutil.move(course / "submitted" / ADA, tmp_path / "elsewhere")
    (course / "submitted" / ADA).symlink_to(tmp_path / "elsewhere")
    inside = course / "autograded" / ADA / "link"
    inside.symlink_to(tmp_path / "elsewhere")

    done = forget(ADA, "--yes")

    assert done.returncode == 0, done.stderr
    assert not (course / "submitted" / ADA).is_symlink()
    assert (tmp_path / "elsewhere/backprop/activations.py").exists()


def test_what_lies_outside_the_course_is_named_and_stays(forget, course, tmp_path):
    shutil.move(course / "submitted", tmp_path / "outside")
    (course / "submitted").symlink_to(tmp_path / "outside")

    done = forget(ADA, "--yes")

    assert done.returncode == 1
    assert done.stderr == f"kit: not deleted, look for yourself: {course}/submitted/{ADA}\n"
    assert (tmp_path / "outside" / ADA).is_dir()
    assert not (course / "autograded" / ADA).exists()


def test_a_backup_that_cannot_be_read_is_named(forget, course):
    broken = course / "gradebook.db.backup-broken"
    broken.write_bytes(b"no database")

    done = forget(ADA, "--yes")

    assert done.returncode == 1
    assert done.stderr == f"kit: not deleted, look for yourself: {broken}\n"
    assert broken.exists()


def test_what_a_killed_run_has_left_is_named(forget, course):
    (course / "autograded/.kit-abc/0.new").mkdir(parents=True)
    shutil.copy(course / "gradebook.db", course / ".gradebook.db.backup-unfinished")

    done = forget(ADA, "--yes")

    assert done.returncode == 1
    assert done.stderr.endswith(f"look for yourself: {course}/autograded/.kit-abc\n")
    assert students(course / ".gradebook.db.backup-unfinished") == {"björk"}


def test_a_gradebook_in_use_stops_it_before_anything_is_deleted(course, monkeypatch):
    monkeypatch.setattr(gradebook_module, "LOCK_SECONDS", 0.1)
    before, traces = everything(course), find_traces(course, ADA)
    with closing(sqlite3.connect(course / "gradebook.db")) as database:
        database.execute("BEGIN IMMEDIATE")

        with pytest.raises(GradingError, match=r"the gradebook .* was still at it"):
            delete(traces)

    assert {key: everything(course)[key] for key in before} == before


def test_who_has_only_handed_in_is_forgotten_too(forget, course):
    hand_in(course, "chen", "x = 1")

    done = forget("chen", "--yes")

    assert (done.returncode, done.stdout) == (0, "submitted/chen\n")
    assert not (course / "submitted/chen").exists()


def test_a_second_time_nobody_is_known(forget):
    forget(ADA, "--yes")

    assert forget(ADA, "--yes").returncode == 2
