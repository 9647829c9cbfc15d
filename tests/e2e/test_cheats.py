"""The cheats that earn marks from plain nbgrader, through both doors: nobody gains, nobody loses.

Each was run against nbgrader with its own settings and earned something there.
"""

import json
import shutil
import sqlite3
from contextlib import closing

import pytest

pytestmark = pytest.mark.slow

FILES = ("activations.py", "losses.py", "layers.py")
CELLS = {
    "01 deletes the asserts": "get_ipython().ast_transformers.append(object())",
    "02 shows the points itself": "get_ipython().displayhook(20.0)",
    "03 shows no number": "get_ipython().displayhook(float('nan'))",
}
SOURCES = {
    "04 runs the solution": "exec(open('solutions/backprop/activations.py').read())",
    "05 marks itself": (
        "import sqlite3\nbook = sqlite3.connect('{course}/gradebook.db')\n"
        "book.execute('UPDATE grade SET manual_score = 99')\nbook.commit()"
    ),
    "06 leaves early": "import sys\nsys.exit(0)",
    "07 leaves at once": "import os\nos._exit(0)",
    "10 waits for the next": (
        "import os, pathlib\n"
        "for home in ('{home}', os.path.expanduser('~')):\n"
        "    folder = pathlib.Path(home, '.ipython/profile_default/startup')\n"
        "    folder.mkdir(parents=True)\n"
        "    (folder / '00.py').write_text('raise SystemExit')"
    ),
    "12 prints without end": "print('A' * 50_000_000)",
    "22 leaves a process": (
        "import subprocess\n"
        "subprocess.Popen('sleep 3; touch {home}/came', shell=True, start_new_session=True)"
    ),
    "23 reads the others": "import os\nprint(os.listdir('{course}/submitted'))",
}
HONEST = {"98 honest": "solutions", "99 stub": "assignments"}  # the last ones in a class


@pytest.fixture(scope="module")
def built(copy_course, run_python, tmp_path_factory):
    course = copy_course(tmp_path_factory.mktemp("cheats") / "course")
    done = run_python("-m", "kit", "build", "backprop", cwd=course)
    assert done.returncode == 0, done.stderr
    return course


@pytest.fixture(scope="module", params=["kit grade", "nbgrader autograde"])
def graded(request, built, run_python, tmp_path_factory):
    """The course of one door after it has graded the class, and the home folder it had."""
    home = tmp_path_factory.mktemp("home")
    course = shutil.copytree(built, home.with_name(f"{home.name}-course"))
    hand_in_the_class(course, home)
    program, command = request.param.split()
    done = run_python("-m", program, command, "backprop", cwd=course, HOME=str(home))
    assert done.returncode == 0, done.stderr[-2000:]
    return course, home


def hand_in_the_class(course, home):
    for student, cell in CELLS.items():
        hand_in(course, student, "assignments", cell=cell)
    for student, source in SOURCES.items():
        attack = source.format(course=course, home=home)
        hand_in(course, student, "assignments", start=f"{attack}\n")
    for name in ("numpy.py", "conftest.py", "kit.py"):
        folder = hand_in(course, "24 ships modules", "assignments")
        (folder / name).write_text("raise SystemExit\n", encoding="utf-8")
    for student, files in HONEST.items():
        hand_in(course, student, files)


def hand_in(course, student, files, start="", cell=None):
    folder = course / "submitted" / student / "backprop"
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        text = (course / files / "backprop" / name).read_text("utf-8")
        (folder / name).write_text(f"{start}{text}\n# {student}\n", encoding="utf-8")
    notebook = json.loads((course / "assignments/backprop/backprop.ipynb").read_text("utf-8"))
    if cell:
        code = {"cell_type": "code", "source": cell, "metadata": {}, "outputs": [], "id": "cheat"}
        notebook["cells"].insert(0, code | {"execution_count": None})
    (folder / "backprop.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    return folder


def test_a_cheat_earns_nothing_and_an_honest_student_what_is_due(graded, total):
    course, _ = graded

    marks = {path.name: total(course, path.name) for path in (course / "submitted").iterdir()}

    assert marks.pop("98 honest") == 100
    assert set(marks.values()) == {0}


def test_no_mark_is_changed_behind_the_grader(graded):
    course, _ = graded

    with closing(sqlite3.connect(course / "gradebook.db")) as gradebook:
        [(manual,)] = gradebook.execute("SELECT COUNT(manual_score) FROM grade").fetchall()

    assert manual == 0


def test_nothing_is_left_behind_for_the_next_student(graded):
    _, home = graded

    assert not (home / "came").exists()
    assert not list(home.glob(".ipython/profile_default/startup/*.py"))


def test_what_goes_back_to_students_stays_small(graded):
    course, _ = graded

    sizes = [path.stat().st_size for path in course.glob("autograded/*/*/*")]

    assert max(sizes) < 1_000_000
