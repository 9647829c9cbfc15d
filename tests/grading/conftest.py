"""A tiny assignment with tight limits, and evaluators that live as long as their test file."""

import os
import time
from pathlib import Path
from textwrap import dedent

import pytest

from kit.grading.assignment import Assignment
from kit.grading.evaluate import Evaluator
from kit.harness.submission import Submission, read_submission

ROOT = Path(__file__).resolve().parents[2]

TINY = {
    "solutions/tiny/assignment.toml": """
        title = "Tiny"
        files = ["one.py", "two.py"]

        [[exercise]]
        name = "one"
        title = "Add one"
        owns = { "activation:one" = "one.py:One" }

        [[exercise]]
        name = "two"
        title = "Double"
        owns = { "activation:two" = "two.py:Two" }

        [limits]
        call_seconds = 0.6
        wall_seconds = 2
        memory_bytes = 600_000_000
    """,
    "solutions/tiny/one.py": """
        class One:
            def forward(self, x):
                return x + 1

            def backward(self, grad, x, y):
                return grad
    """,
    "solutions/tiny/two.py": """
        class Two:
            def forward(self, x):
                return 2 * x
    """,
    "tests/hidden/tiny/test_tiny.py": """
        import pytest

        from kit.testing.closeness import assert_close, assert_unchanged


        @pytest.mark.exercise("one")
        @pytest.mark.points(2, kind="value")
        def test_forward_adds_one(student, rng):
            x = rng.standard_normal((3, 2))
            y = student.make("activation:one").forward(x)
            assert_close(y, x + 1, asked="one.forward(x)", given={"x": x})


        @pytest.mark.exercise("one")
        @pytest.mark.points(1, kind="purity")
        def test_forward_leaves_its_input_alone(student, rng):
            one, x = student.make("activation:one"), rng.standard_normal((3, 2))
            assert_close(one.forward(x), x + 1, asked="one.forward(x)")
            assert_unchanged(one.echo[0], x, asked="one.forward(x)", name="x")


        @pytest.mark.exercise("one")
        @pytest.mark.points(0.5, kind="gradient")
        def test_backward_hands_the_gradient_on(student, rng):
            x = rng.standard_normal((3, 2))
            assert_close(student.make("activation:one").backward(x, x, x), x, asked="backward")


        @pytest.mark.exercise("two")
        @pytest.mark.points(4, kind="value")
        def test_forward_doubles(student, rng):
            x = rng.standard_normal((3, 2))
            assert_close(student.make("activation:two").forward(x), 2 * x, asked="two.forward(x)")
    """,
}


@pytest.fixture(scope="session")
def tiny_course():
    """Write the course of the tiny assignment; return its folder."""

    def write(folder):
        for name, text in TINY.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text), encoding="utf-8")
        (folder / "nbgrader_config.py").write_text("", encoding="utf-8")
        return folder

    return write


@pytest.fixture(scope="module")
def tiny(tiny_course, tmp_path_factory):
    """An evaluator of the tiny assignment: 3.5 points for `one`, 4 for `two`."""
    course = tiny_course(tmp_path_factory.mktemp("tiny"))
    with Evaluator(Assignment.load(course, "tiny")) as evaluator:
        yield evaluator


@pytest.fixture(scope="module")
def backprop():
    """An evaluator of the assignment that the kit comes with."""
    with Evaluator(Assignment.load(ROOT, "backprop")) as evaluator:
        yield evaluator


@pytest.fixture(scope="session")
def hand_in():
    """Make a submission of the tiny assignment; a file is solved unless it is given."""

    def make(name="ada", **files):
        solved = {key: TINY[f"solutions/tiny/{key}.py"] for key in ("one", "two")}
        texts = {f"{key}.py": dedent(text).encode() for key, text in (solved | files).items()}
        return Submission(name, texts)

    return make


@pytest.fixture(scope="session")
def changed():
    """Make a submission of `backprop`: the solution with some text replaced, file by file."""
    solution = Assignment.load(ROOT, "backprop")
    solved = read_submission(solution.solution, solution.manifest)

    def make(file=None, *replacements, name="ada"):
        files = {key: content.decode() for key, content in solved.files.items()}
        for old, new in replacements:
            assert old in files[file], f"{file} does not hold {old!r}"
            files[file] = files[file].replace(old, new)
        return Submission(name, {key: text.encode() for key, text in files.items()})

    return make


@pytest.fixture(scope="session")
def children():
    """Return the ids of the processes that a process has started and not waited for."""

    def find(parent):
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    stat = (entry / "stat").read_text(errors="replace")
                except OSError:
                    continue
                state, ppid = stat.rpartition(")")[2].split()[:2]
                if int(ppid) == parent and state != "Z":
                    found.append(int(entry.name))
        return found

    return find


@pytest.fixture(scope="session")
def alive():
    """Whether a process is there and not just its name."""

    def check(process):
        try:
            stat = Path(f"/proc/{process}/stat").read_text(errors="replace")
        except OSError:
            return False
        return stat.rpartition(")")[2].split()[0] != "Z" and process != os.getpid()

    return check


@pytest.fixture(scope="session")
def gone(alive):
    """Wait for processes to end; tell whether they did."""

    def wait(processes, seconds=5.0):
        deadline = time.monotonic() + seconds
        while any(map(alive, processes)) and time.monotonic() < deadline:
            time.sleep(0.02)
        return not any(map(alive, processes))

    return wait
