"""`kit regrade`: an edited hidden test runs again, and nothing that a crash has left behind does."""

import json
import shutil
import signal
import subprocess
import sys
import time

import pytest

from kit.grading.ledger import Ledger

pytestmark = pytest.mark.slow

SUITE = "tests/hidden/backprop/test_relu.py"
CHECK = "test_relu.py::test_forward_and_backward_are_right_far_from_zero"
RIGHT = "np.maximum(x, 0), asked=FORWARD"
ROUGH = ("np.maximum(x, 0.0)", "np.maximum(x, 0.0) + 1e-4")


@pytest.fixture(scope="module")
def graded(copy_course, run_python, tmp_path_factory):
    """A course with three submissions that have been graded once."""
    course = copy_course(tmp_path_factory.mktemp("regrade") / "course")
    for student, part in {"ada": "solutions", "björk": "solutions", "chen": "assignments"}.items():
        folder = course / "submitted" / student / "backprop"
        folder.mkdir(parents=True)
        for path in (course / part / "backprop").glob("*.py"):
            shutil.copy(path, folder)
        with (folder / "layers.py").open("a", encoding="utf-8") as file:
            file.write(f"\n# {student}\n")  # equal files are one Record
        if student == "björk":
            activations = folder / "activations.py"
            text = activations.read_text(encoding="utf-8")
            activations.write_text(text.replace(*ROUGH), encoding="utf-8")
    done = run_python("-m", "kit", "grade", "backprop", cwd=course)
    assert done.returncode == 0, done.stderr
    return course


@pytest.fixture
def course(graded, tmp_path):
    return shutil.copytree(graded, tmp_path / "course")


@pytest.fixture
def regrade(course, run_python):
    def run(*arguments):
        return run_python("-m", "kit", "regrade", "backprop", *arguments, cwd=course)

    return run


def edit(course):
    """Make one hidden test take what is nearly right."""
    path = course / SUITE
    text = path.read_text(encoding="utf-8")
    before, name, test = text.partition(f"def {CHECK.partition('::')[2]}")
    assert RIGHT in test
    path.write_text(f"{before}{name}{test.replace(RIGHT, f'{RIGHT}, atol=1e-3', 1)}", "utf-8")


def files(course):
    return {path: path.stat().st_mtime_ns for path in (course / "records").glob("??/*.json")}


def test_what_did_not_change_is_not_run_again_and_nobody_moves(regrade, course):
    before = files(course)

    done = regrade()

    assert (done.returncode, done.stdout, done.stderr) == (0, "0 of 3 students moved\n", "")
    assert files(course) == before


def test_an_edited_test_moves_whom_it_concerns(regrade, course, total):
    edit(course)

    done = regrade()

    *_, why, sums = done.stdout.splitlines()
    marks = [total(course, student) for student in ("ada", "björk", "chen")]
    [[who, before, after, change, *_]] = [line.split() for line in done.stdout.splitlines()[1:-2]]
    assert (who, float(after), float(change)) == ("björk", marks[1], marks[1] - float(before))
    assert why == f"1 student {change}, because {CHECK}"
    assert sums == "1 of 3 students moved"
    assert marks[::2] == [100, 0]


def test_the_next_regrade_compares_with_the_new_marks(regrade, course):
    edit(course)
    regrade()

    assert regrade().stdout == "0 of 3 students moved\n"


def test_a_dry_run_shows_who_would_move_and_leaves_the_marks(regrade, course, total):
    edit(course)
    before = total(course, "björk")

    dry = regrade("--dry-run", "--json")
    assert total(course, "björk") == before
    really = regrade("--json")

    assert dry.stdout == really.stdout
    movements = [json.loads(line) for line in dry.stdout.splitlines()]
    after = [movement["after"] for movement in movements]
    assert after[::2] == [100, 0]
    assert after[1] > before


def test_a_record_that_was_done_before_a_kill_is_not_made_again(regrade, course):
    edit(course)
    before = files(course)
    command = [sys.executable, "-m", "kit", "regrade", "backprop"]
    killed = subprocess.Popen(command, cwd=course)
    end = time.monotonic() + 60
    while files(course) == before and time.monotonic() < end:
        time.sleep(0.001)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    done = files(course)
    assert len(done) > len(before)

    finished = regrade()

    assert {path: files(course)[path] for path in done} == done
    assert finished.stdout.endswith("1 of 3 students moved\n")
    assert len(Ledger(course / "records").entries("björk")) == 2
