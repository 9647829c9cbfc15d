"""A run that is killed half-way: nothing of it goes on, and nothing that was done is lost."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

FILES = ("activations.py", "losses.py", "layers.py")


@pytest.fixture
def class_of_thirty(course):
    """A course whose class of thirty all hand in something else."""
    for number in range(30):
        source = course / ("solutions" if number % 3 else "assignments") / "backprop"
        folder = course / "submitted" / f"student{number:02}" / "backprop"
        folder.mkdir(parents=True)
        for name in FILES:
            text = (source / name).read_text(encoding="utf-8")
            (folder / name).write_text(f"{text}\n# {number}\n", encoding="utf-8")
    return course


def descendants(process):
    """Return the ids of a process's children, theirs, and so on."""
    try:
        lists = [path.read_text() for path in Path(f"/proc/{process}/task").glob("*/children")]
    except OSError:
        return set()
    found = {int(child) for children in lists for child in children.split()}
    return found.union(*(descendants(child) for child in found))


def records(course):
    return list((course / "records").glob("??/*.json"))


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it has not come about"
        time.sleep(0.002)


def gone(process):
    try:
        stat = Path(f"/proc/{process}/stat").read_text(errors="replace")
    except OSError:
        return True
    return stat.rpartition(")")[2].split()[0] == "Z"


def scores(text):
    told = [json.loads(line) for line in text.splitlines()]
    return {one["submission"]["name"]: (one["score"], one["exercises"]) for one in told}


def test_a_killed_run_leaves_no_process_and_the_next_one_goes_on(
    class_of_thirty, copy_course, run_python, tmp_path, rows
):
    course = class_of_thirty
    undisturbed = copy_course(tmp_path / "undisturbed")
    (undisturbed / "submitted").symlink_to(course / "submitted")
    command = [sys.executable, "-m", "kit", "grade", "backprop", "-j2"]
    killed = subprocess.Popen(command, cwd=course, start_new_session=True)
    wait_for(lambda: len(records(course)) >= 8)
    family = descendants(killed.pid)

    killed.send_signal(signal.SIGKILL)
    killed.wait()

    assert len(family) >= 4  # two suites with a zygote each, and what they have forked
    wait_for(lambda: all(map(gone, family)), seconds=10)
    done = {path: path.stat().st_mtime_ns for path in records(course)}
    assert 8 <= len(done) < 30
    assert not (course / "autograded").exists()
    again = run_python("-m", "kit", "grade", "backprop", "-j2", "--json", cwd=course)
    whole = run_python("-m", "kit", "grade", "backprop", "-j2", "--json", cwd=undisturbed)
    assert (again.returncode, whole.returncode) == (0, 0), again.stderr + whole.stderr
    assert len(scores(again.stdout)) == 30
    assert scores(again.stdout) == scores(whole.stdout)
    assert rows(course) == rows(undisturbed)
    assert {path: path.stat().st_mtime_ns for path in done} == done
