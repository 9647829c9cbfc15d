"""`kit build` and plain nbgrader release the same bytes, and neither releases a solution."""

import shutil
import stat
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
PLAIN = ("-m", "nbgrader", "generate_assignment", "backprop", "--force")
BUILD = ("-m", "kit", "build", "backprop")
SUBMIT = """
from nbgrader.api import Gradebook
with Gradebook("sqlite:///gradebook.db", "backprop-kit") as gradebook:
    gradebook.add_student("ada")
    gradebook.add_submission("backprop", "ada")
"""


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not any(part.startswith(("__", ".")) for part in path.parts[-2:])
    }


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture(scope="module")
def built(copy_course, run_python, tmp_path_factory):
    """A course after its first `kit build`, with what the command said; not to be changed."""
    course = copy_course(tmp_path_factory.mktemp("built") / "course")
    shutil.rmtree(course / "assignments", ignore_errors=True)
    return course, run_python(*BUILD, cwd=course)


@pytest.fixture
def course(built, tmp_path):
    """A copy of the built course, its gradebook included, of one test's own."""
    return Path(shutil.copytree(built[0], tmp_path / "course"))


def test_a_build_says_one_line_and_leaves_nothing_but_the_release(built):
    course, done = built

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"released {course / 'assignments' / 'backprop'}\n"
    assert [path.name for path in (course / "assignments").iterdir()] == ["backprop"]


def test_a_build_reproduces_the_committed_release_to_the_byte(built):
    made = contents(built[0] / "assignments")

    assert "backprop/activations.py" in made
    assert made == contents(ROOT / "assignments")


def test_what_is_released_can_be_read_by_all_and_written_by_its_owner(built):
    files = [path for path in (built[0] / "assignments").rglob("*") if path.is_file()]

    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o644}
    assert stat.S_IMODE((built[0] / "assignments/backprop").stat().st_mode) == 0o755


def test_the_gradebook_that_a_build_makes_is_for_its_owner(built):
    assert stat.S_IMODE((built[0] / "gradebook.db").stat().st_mode) == 0o600


def test_plain_nbgrader_releases_the_same_bytes(course, run_python):
    before = contents(course / "assignments")
    shutil.rmtree(course / "assignments")
    (course / "gradebook.db").unlink()

    done = run_python(*PLAIN, cwd=course)

    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE((course / "gradebook.db").stat().st_mode) == 0o600
    assert contents(course / "assignments") == before


def break_a_marker(course):
    edit(course / "solutions/backprop/losses.py", "### END SOLUTION", "### END")


def delete_the_markers(course):
    path = course / "solutions/backprop/activations.py"
    edit(path, "        ### BEGIN SOLUTION ReLU: grad is dL/dy; return dL/dx\n", "")
    begin, _, rest = path.read_text("utf-8").partition("return grad * (x > 0)\n")
    rest = rest.replace("        ### END SOLUTION\n", "", 1)
    path.write_text(f"{begin}return grad * (x > 0)\n{rest}", encoding="utf-8")


def copy_a_solution_into_a_data_file(course):
    text = (course / "solutions/backprop/layers.py").read_text("utf-8")
    text = "\n".join(line for line in text.splitlines() if "SOLUTION" not in line)
    (course / "solutions/backprop/layers.txt").write_text(text, encoding="utf-8")


def copy_a_hidden_test_into_the_solutions(course):
    hidden = course / "tests/hidden/backprop/test_bce.py"
    shutil.copy(hidden, course / "solutions/backprop/test_renamed.py")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (break_a_marker, "solutions/backprop/losses.py:"),
        (delete_the_markers, "activations.py: ReLU.backward has no solution marker"),
        (copy_a_hidden_test_into_the_solutions, "test_renamed.py gives away the hidden test"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_leak_fails_the_build_and_leaves_the_old_release_in_place(
    course, run_python, spoil, message
):
    before = contents(course / "assignments")
    spoil(course)

    done = run_python(*BUILD, cwd=course)

    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert contents(course / "assignments") == before
    assert [path.name for path in (course / "assignments").iterdir()] == ["backprop"]


def test_a_leak_fails_plain_nbgrader_too(course, run_python):
    copy_a_solution_into_a_data_file(course)

    done = run_python(*PLAIN, cwd=course)

    assert done.returncode == 1
    assert "layers.txt gives away `" in done.stderr
    assert not (course / "assignments" / "backprop").exists()


def test_a_broken_config_fails_the_build(course, run_python):
    before = contents(course / "assignments")
    with (course / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write("raise KeyError('broken on purpose')\n")

    done = run_python(*BUILD, cwd=course)

    assert done.returncode == 2
    assert done.stderr == "kit: nbgrader failed: KeyError: 'broken on purpose'\n"
    assert contents(course / "assignments") == before


def test_with_submissions_an_unchanged_assignment_builds_and_a_new_cell_is_explained(
    course, run_python
):
    submitted = run_python("-c", SUBMIT, cwd=course)
    before = contents(course / "assignments")

    unchanged = run_python(*BUILD, cwd=course)
    edit(course / "solutions/backprop/assignment.toml", '"layers.py"]', '"layers.py", "more.py"]')
    (course / "solutions/backprop/more.py").touch()
    changed = run_python(*BUILD, cwd=course)

    assert (submitted.returncode, unchanged.returncode) == (0, 0), submitted.stderr
    assert changed.returncode == 2
    assert "the gradebook holds submissions of this assignment" in changed.stderr
    assert contents(course / "assignments") == before
