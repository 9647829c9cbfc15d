"""Where `kit grade` cannot work, `kit doctor` ends with 1 and says what to do; else both end with 0."""

import ctypes
import errno
import fcntl
import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from textwrap import dedent

import pytest

from kit.cli import main
from kit.course import gradebook
from kit.grading import machine

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
FILES = {
    "solutions/small/assignment.toml": """
        title = "Small"
        files = ["one.py"]

        [[exercise]]
        name = "one"
        title = "Add one"
        owns = { "activation:one" = "one.py:One" }
    """,
    "solutions/small/one.py": """
        class One:
            def forward(self, x):
                ### BEGIN SOLUTION One: return x + 1, element by element
                return x + 1
                ### END SOLUTION
    """,
    "tests/hidden/small/test_one.py": """
        import pytest

        from kit.testing.closeness import assert_close


        @pytest.mark.exercise("one")
        @pytest.mark.points(2, kind="value")
        def test_forward_adds_one(student, rng):
            x = rng.standard_normal((3, 2))
            assert_close(student.make("activation:one").forward(x), x + 1, asked="one.forward(x)")
    """,
}
MANIFEST, HIDDEN = "solutions/small/assignment.toml", "tests/hidden/small/test_one.py"
READ_AS_OTHERS = (1, 2)  # capabilities(7): CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
PR_CAPBSET_DROP = 24


@pytest.fixture
def run(monkeypatch, capfd):
    """Run `kit` in this process; return how it ended, and what it printed."""
    sound = machine.Machine("L3", "", {"L3": ()}, {})
    monkeypatch.setattr(
        machine, "measure", lambda: sound
    )  # tests/grading/test_kernel.py is about it

    def run(course, *arguments):
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--course", str(course)])
        return ended.value.code, *capfd.readouterr()

    return run


@pytest.fixture(scope="module")
def graded(tmp_path_factory, run_python):
    """A course that has graded one student."""
    course = tmp_path_factory.mktemp("graded")
    for name, text in FILES.items():
        path = course / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    shutil.copy(ROOT / "nbgrader_config.py", course)
    shutil.copytree(course / "solutions/small", course / "submitted/ada/small")
    done = run_python("-m", "kit", "grade", "small", cwd=course)
    assert done.returncode == 0, done.stderr
    return course


@pytest.fixture
def course(graded, tmp_path):
    """A copy of it for one test."""
    return Path(shutil.copytree(graded, tmp_path / "course"))


def fresh(course):
    """Make it the clone that it once was."""
    (course / "gradebook.db").unlink()
    for folder in ("assignments", "autograded", "records"):
        shutil.rmtree(course / folder)


def edit(name, old, new):
    def change(course):
        text = (course / name).read_text(encoding="utf-8")
        assert old in text
        (course / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def add(name, text):
    def change(course):
        with (course / name).open("a", encoding="utf-8") as file:
            file.write(f"\n{text}\n")

    return change


def unmarked(course):
    fresh(course)
    edit("solutions/small/one.py", "### END SOLUTION", "")(course)


def damaged_notebook(course):
    fresh(course)
    (course / "solutions/small/small.ipynb").write_text("{", encoding="utf-8")


def without(name):
    def change(course):
        path = course / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()

    return change


def file_for_folder(name):
    def change(course):
        shutil.rmtree(course / name, ignore_errors=True)
        (course / name).write_text("", encoding="utf-8")

    return change


def records_elsewhere(course):
    shutil.rmtree(course / "records")
    (course / "records").symlink_to(course / "solutions")


def text_for_gradebook(course):
    (course / "gradebook.db").write_text("no database", encoding="utf-8")


def older_gradebook(course):
    with sqlite3.connect(course / "gradebook.db") as database:
        database.execute("ALTER TABLE grade DROP COLUMN extra_credit")
    database.close()


BROKEN = {
    "a solution that never ends": (unmarked, "### END SOLUTION"),
    "a notebook that is damaged": (damaged_notebook, "mend it, or delete it"),
    "a release that is gone": (without("assignments/small"), "run `kit build small`"),
    "no hidden tests": (without("tests/hidden/small"), "holds no test_"),
    "hidden tests with a typo": (add(HIDDEN, "def ("), "SyntaxError"),
    "a conftest.py that raises": (add("tests/hidden/small/conftest.py", "1 / 0"), "ZeroDivision"),
    "other points than the gradebook": (edit(HIDDEN, "points(2", "points(3"), "`kit build small`"),
    "a test without points": (
        edit(HIDDEN, "@pytest.mark.points(2, kind='value')\n".replace("'", '"'), ""),
        "pytest.mark.points",
    ),
    "an import that is not there": (
        edit(MANIFEST, "files", 'imports = ["nowhere"]\nfiles'),
        "install",
    ),
    "a limit below zero": (add(MANIFEST, "[limits]\ncall_seconds = -1"), "above 0"),
    "a limit that is no number": (add(MANIFEST, "[limits]\ncall_seconds = nan"), "above 0"),
    "too little memory": (add(MANIFEST, "[limits]\nmemory_bytes = 1000"), "from 200,000,000"),
    "endless time": (add(MANIFEST, "[limits]\nwall_seconds = inf"), "change it in [limits]"),
    "a manifest that is none": (add(MANIFEST, "title ="), "cannot be read"),
    "a file for records/": (file_for_folder("records"), "move it away"),
    "a link for records/": (records_elsewhere, "move it away"),
    "a file for autograded/": (file_for_folder("autograded"), "move it away"),
    "a file for feedback/": (file_for_folder("feedback"), "move it away"),
    "text for a gradebook": (text_for_gradebook, "not a database"),
    "a gradebook of another version": (older_gradebook, "nbgrader db upgrade"),
    "a configuration that raises": (add("nbgrader_config.py", "1 / 0"), "cannot be loaded"),
    "a setting of a wrong type": (
        add("nbgrader_config.py", "c.CourseDirectory.groupshared = 'maybe'"),
        "expected a boolean",
    ),
}


@pytest.mark.parametrize("state", BROKEN)
def test_where_grading_fails_the_doctor_says_so_and_what_to_do(course, run, state):
    breaks, advice = BROKEN[state]
    breaks(course)

    doctor, told, _ = run(course, "doctor")
    graded, _, error = run(course, "grade", "small")

    assert (doctor, graded > 0) == (1, True)
    (line,) = [line for line in told.splitlines() if "missing" in line[:9]]
    assert advice in line
    assert advice in error


@pytest.mark.parametrize(
    "change",
    [lambda _: None, fresh, without("solutions/small/small.ipynb"), without("autograded")],
    ids=["graded before", "a fresh clone", "without its notebook", "without autograded/"],
)
def test_where_grading_works_the_doctor_says_so(course, run, change):
    change(course)

    doctor, told, _ = run(course, "doctor")
    graded, _, error = run(course, "grade", "small")

    assert (doctor, graded, error) == (0, 0, "")
    assert "missing " not in told


def test_the_doctor_leaves_a_fresh_clone_as_it_was(course, run):
    fresh(course)
    before = {path: path.stat().st_mtime_ns for path in course.rglob("*") if path.is_file()}

    assert run(course, "doctor")[0] == 0
    assert {p: p.stat().st_mtime_ns for p in course.rglob("*") if p.is_file()} == before


def test_files_that_cannot_be_locked_are_found_before_the_work(course, run, monkeypatch):
    def refuse(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)

    doctor, told, _ = run(course, "doctor")
    graded, _, error = run(course, "grade", "small")

    assert (doctor, graded > 0) == (1, True)
    for text in (told, error):
        assert "(flock: No locks available), as on some network drives; move the course" in text


def test_a_gradebook_that_another_program_is_writing_is_found(course, run, monkeypatch):
    monkeypatch.setattr(gradebook, "LOCK_SECONDS", 0.1)
    other = sqlite3.connect(course / "gradebook.db")
    other.execute("BEGIN IMMEDIATE")

    doctor, told, _ = run(course, "doctor")
    graded, _, error = run(course, "grade", "small")
    other.close()

    assert (doctor, graded) == (1, 1)
    for text in (told, error):
        assert "another program is using the gradebook" in text


@pytest.mark.parametrize("name", ["course?", "50%20"])
def test_a_path_that_the_address_of_a_gradebook_cannot_hold_is_refused(course, run, name):
    moved = course.rename(course.with_name(name))

    doctor, told, _ = run(moved, "doctor")
    graded, _, error = run(moved, "grade", "small")

    assert (doctor, graded) == (1, 2)
    assert "in the address of the gradebook; rename that folder" in told
    assert "in the address of the gradebook; rename that folder" in error


@pytest.mark.parametrize("name", ["[50] *", "a (course) {1}+ cours\u00e9"])
def test_any_other_path_will_do(course, run, name):
    moved = course.rename(course.with_name(name))
    (moved / "gradebook.db").unlink()

    doctor, told, _ = run(moved, "doctor")
    graded, _, error = run(moved, "grade", "small")

    assert (doctor, graded, error) == (0, 0, "")
    assert ("Formgrader and the commands of nbgrader find nothing" in told) == ("[" in name)
    assert (moved / "gradebook.db").is_file()


@pytest.mark.parametrize("name", ["small[1]", "small?", "small+1", "small*"])
def test_an_assignment_whose_name_is_a_pattern_is_refused(course, run, name):
    for folder in ("solutions", "tests/hidden"):
        (course / folder / "small").rename(course / folder / name)

    doctor, told, _ = run(course, "doctor")
    graded, _, error = run(course, "grade", name)

    assert (doctor, graded) == (1, 2)
    for text in (told, error):
        assert "take for a pattern; rename its folders and its notebook" in text


@pytest.mark.parametrize("place", [".", "gradebook.db", "autograded", "records", "feedback"])
def test_what_an_ordinary_user_cannot_write_is_found_before_the_work(graded, place):
    def be_ordinary():  # root writes anywhere: give that up, as nobody else has it
        for capability in READ_AS_OTHERS:
            ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)

    def kit(course, *arguments):
        command = [sys.executable, "-m", "kit", *arguments]
        return subprocess.run(
            command, cwd=course, preexec_fn=be_ordinary, capture_output=True, text=True, check=False
        )

    with tempfile.TemporaryDirectory() as folder:
        course = Path(shutil.copytree(graded, Path(folder, "course")))
        (course / "feedback").mkdir()
        before = (course / place).stat().st_mode
        sound = kit(course, "doctor", "--json")
        (course / place).chmod(0o444 if place == "gradebook.db" else 0o555)
        doctor, done = kit(course, "doctor", "--json"), kit(course, "grade", "small")
        (course / place).chmod(before)

    assert json.loads(sound.stdout)["ready"] is True
    problems = [each["problem"] for each in json.loads(doctor.stdout)["findings"]]
    assert (doctor.returncode, done.returncode > 0) == (1, True)
    assert any("cannot be written to (Permission denied); give yourself" in it for it in problems)
    assert "cannot be written to" in done.stderr
    assert len(done.stderr.splitlines()) == 1
