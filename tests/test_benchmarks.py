"""The benchmarks run, and what they compare is comparable; no test here asserts how fast it is."""

import json
from collections import Counter

import pytest

from benchmarks.submissions import FILES, MIX, hand_in, kinds

STOCK = "stock nbgrader autograde"
KILLED = """
import signal, subprocess, sys
busy = "import time\\nwhile time.process_time() < 0.3: pass\\nprint(flush=True); time.sleep(60)"
child = subprocess.Popen([sys.executable, "-c", busy], stdout=subprocess.PIPE)
child.stdout.readline()
child.kill()
"""
MEASURE = """
import os, pathlib, sys
from benchmarks.processes import measure
cost, _ = measure([sys.executable, "-c", sys.argv[1]], pathlib.Path.cwd(), os.environ)
print(cost.cpu)
"""


def submitted(course):
    return {
        path: path.read_bytes()
        for path in course.glob("submitted/*/backprop/*.py")
        if path.name in FILES
    }


def test_no_two_students_hand_in_the_same_file(course):
    hand_in(course, 60, seed=1)

    contents = submitted(course)
    assert len(contents) == 60 * len(FILES) - 4  # two of thirty have left out a file
    assert len(set(contents.values())) == len(contents)


def test_a_class_is_the_same_every_time(copy_course, tmp_path):
    classes = []
    for name in ("one", "two"):
        hand_in(copy_course(tmp_path / name), 30, seed=1)
        files = submitted(tmp_path / name)
        classes.append({path.relative_to(tmp_path / name): files[path] for path in files})

    assert classes[0] == classes[1]


def test_thirty_students_are_the_whole_mix_and_half_of_them_are_right():
    counted = Counter(kinds(60, seed=7))

    assert counted == {name: 2 * kind.of_thirty for name, kind in MIX.items()}
    assert sum(counted[name] for name in MIX if name.startswith("right")) == 30


@pytest.mark.slow
@pytest.mark.parametrize("waits", [True, False])
def test_the_time_of_a_killed_grandchild_is_counted(run_python, tmp_path, waits):
    program = KILLED + ("child.wait()" if waits else "child.returncode = 0")

    done = run_python("-c", MEASURE, program, cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    assert float(done.stdout) > 0.3


@pytest.mark.slow
def test_all_sides_grade_a_class_alike_and_the_table_names_them(run_python, tmp_path):
    arguments = ("--students", "2", "--rounds", "1", "--without-accuracy")

    done = run_python("-m", "benchmarks.grading", *arguments, cwd=tmp_path, TMPDIR=str(tmp_path))

    assert done.returncode == 0, done.stderr  # it fails where a score differs
    head, mix, _, _, title, columns, *rows = done.stdout.splitlines()
    assert "seed 1" in head
    assert "1 the untouched stubs" in mix
    assert title == "2 students, without the exercise accuracy, medians of 1 round(s)"
    assert "x faster" in columns
    assert [row.partition("  ")[0] for row in rows[:2]] == [
        STOCK,
        "nbgrader autograde, the kit's steps",
    ]
    assert rows[2].startswith("kit grade")
    assert rows[3].startswith("kit evaluate")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_memory_is_measured_with_our_door_alone_and_told_as_json(run_python, tmp_path):
    arguments = ("--memory", "--students", "1", "2", "--rounds", "1", "--json")

    done = run_python("-m", "benchmarks.grading", *arguments, cwd=tmp_path, TMPDIR=str(tmp_path))

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["measurements"]
    assert [each["students"] for each in found] == [1, 2]
    assert {each["side"].split()[1] for each in found} == {"grade"}
    assert all(each["cost"]["peak_of"]["main"] > 0 for each in found)
