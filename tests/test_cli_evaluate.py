"""`kit evaluate` and `kit demo`: what they print, where, and with which exit code."""

import json
import shutil
import zipfile
from pathlib import Path

import pytest

from kit.cli import main

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
SOLUTION = ROOT / "solutions" / "backprop"
STUB = ROOT / "assignments" / "backprop"


@pytest.fixture
def run(tmp_path, monkeypatch, capfd):
    """Run the command in this process, in a folder outside any course unless told otherwise."""

    def run(*arguments, cwd=tmp_path):
        monkeypatch.chdir(cwd)
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        return ended.value.code, *capfd.readouterr()

    return run


@pytest.fixture
def solved(tmp_path):
    """A folder with the three solved files."""
    folder = tmp_path / "ada"
    folder.mkdir()
    for name in ("activations.py", "losses.py", "layers.py"):
        shutil.copy(SOLUTION / name, folder)
    return folder


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_the_solution_and_the_stub_are_evaluated_as_one_record_a_line(run):
    code, out, err = run("evaluate", "backprop", SOLUTION, STUB, "--json", cwd=ROOT)

    solved, stub = map(json.loads, out.splitlines())
    assert (code, err) == (0, "")
    assert (solved["score"], solved["max_score"]) == (100.0, 100.0)
    assert (stub["score"], stub["max_score"]) == (0.0, 100.0)
    assert solved["suite"] == stub["suite"]


def test_a_zip_file_is_evaluated_from_a_folder_below_the_course(run, solved, tmp_path):
    with zipfile.ZipFile(tmp_path / "björk.zip", "w") as archive:
        for path in solved.iterdir():
            archive.write(path, f"backprop/{path.name}")

    code, out, err = run(
        "evaluate", "backprop", tmp_path / "björk.zip", "--json", cwd=ROOT / "tests"
    )

    record = json.loads(out)
    assert (code, err) == (0, "")
    assert (record["submission"]["name"], record["score"]) == ("björk", 100.0)


def test_people_read_what_was_lost_and_why(run, solved):
    change(solved / "activations.py", "return grad * (x > 0)", "return x > 0")
    (solved / "losses.py").unlink()

    code, out, err = run("evaluate", "backprop", solved, "--course", ROOT)

    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert lines[0] == "ada: 54 of 100 points"
    assert "     4 of 15   ReLU" in lines
    assert "       failed (-5): backward multiplies the incoming gradient by the slope" in lines
    assert "         Asked: relu.backward(grad, x, relu.forward(x))" in lines
    assert "    15 of 15   Sigmoid" in lines
    assert "         losses.py was not handed in" in lines


def test_a_student_of_a_class_is_called_by_the_folder_above(run, solved, tmp_path):
    shutil.copytree(solved, tmp_path / "submitted" / "björk" / "backprop")

    code, out, _ = run(
        "evaluate", "backprop", "submitted/björk/backprop", "--json", "--course", ROOT
    )

    assert (code, json.loads(out)["submission"]["name"]) == (0, "björk")


def test_numbers_that_overflow_in_training_print_no_warning(run, solved):
    huge = ("grad.sum(axis=0, keepdims=True)}", "np.full((1, grad.shape[1]), 1e308)}")
    change(solved / "layers.py", *huge)

    code, out, err = run("evaluate", "backprop", solved, "--course", ROOT)

    assert (code, err) == (0, "")
    assert "     0 of 15   Final accuracy on synthetic data" in out.splitlines()


def test_a_text_that_no_terminal_can_show_is_shown_all_the_same(run, solved):
    text = "raise ValueError('\\ud800\\x1b[2J')\n        return np.maximum"
    change(solved / "activations.py", "return np.maximum", text)

    code, out, _ = run("evaluate", "backprop", solved, "--course", ROOT)

    assert code == 0
    assert r"ValueError: \ud800\x1b[2J" in out


def test_a_damaged_zip_file_costs_itself_only(run, tmp_path, solved):
    good = Path(shutil.make_archive(str(tmp_path / "good"), "zip", solved))
    (tmp_path / "broken.zip").write_bytes(good.read_bytes()[:300])

    code, out, err = run(
        "evaluate", "backprop", good, tmp_path / "broken.zip", solved, "--json", "--course", ROOT
    )

    assert code == 1
    assert [json.loads(line)["score"] for line in out.splitlines()] == [100.0, 100.0]
    assert err.startswith("kit: broken could not be graded: broken.zip cannot be unpacked: ")


def test_a_record_says_where_a_file_was_found(run, solved):
    (solved / "layers.py").rename(solved / "layers (1).py")

    _, out, _ = run("evaluate", "backprop", solved, "--json", "--course", ROOT)

    record = json.loads(out)
    assert record["score"] == 100
    assert record["submission"]["found"] == "layers.py is layers (1).py"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("backprop", "missing"), "there is no folder or zip file at missing"),
        (("backprop", SOLUTION, "missing"), "there is no folder or zip file at missing"),
        (
            ("backprop", SOLUTION / "README.md"),
            f"{SOLUTION / 'README.md'} is neither a folder nor a zip file",
        ),
        (
            ("bakprop", SOLUTION),
            f"no assignment is called 'bakprop' in {ROOT}; there are: backprop",
        ),
        (("backprop",), "Missing argument 'PATHS...'."),
    ],
)
def test_what_was_asked_wrongly_is_one_line_and_exit_code_2(run, arguments, message):
    code, out, err = run("evaluate", *arguments, "--course", ROOT)

    assert (code, out, err) == (2, "", f"kit: {message}\n")


def test_outside_a_course_the_option_is_named(run, tmp_path):
    code, out, err = run("evaluate", "backprop", SOLUTION)

    assert (code, out) == (2, "")
    assert err.startswith(f"kit: no course at {tmp_path} or above it")
    assert "--course DIR" in err


def test_a_folder_that_is_no_course_is_told(run, tmp_path):
    code, _, err = run("evaluate", "backprop", SOLUTION, "--course", tmp_path)

    assert code == 2
    assert err.startswith(f"kit: {tmp_path} is not a course: there is no nbgrader_config.py")


def test_a_broken_suite_is_exit_code_1_and_no_record(run, course):
    (course / "tests/hidden/backprop/test_relu.py").write_text("import nothing_like_this")

    code, out, err = run("evaluate", "backprop", SOLUTION, "--json", cwd=course)

    assert (code, out) == (1, "")
    assert "nothing_like_this" in err
    assert err.startswith("kit: the hidden suite cannot be collected")


def test_a_submission_that_cannot_be_graded_does_not_stop_the_next(run, solved, tmp_path):
    vandal = Path(shutil.copytree(solved, tmp_path / "vandal"))
    (vandal / "activations.py").write_text("import os\nos.kill(os.getppid(), 9)\nos._exit(0)")

    unconfined = ("--sandbox", "L0", "--course", ROOT)
    code, out, err = run("evaluate", "backprop", vandal, solved, "--json", *unconfined)

    assert code == 1
    assert err.startswith("kit: vandal could not be graded: ")
    assert [json.loads(line)["score"] for line in out.splitlines()] == [100.0]


def test_the_demo_outside_a_clone_says_how_to_get_one(run, tmp_path):
    code, out, err = run("demo", tmp_path / "new")

    assert (code, out) == (2, "")
    assert err.startswith("kit: kit demo needs a clone of backprop-kit")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", ["ada", "ada/losses.py"])
def test_the_demo_does_not_write_where_something_is(run, solved, name):
    before = {path: path.read_bytes() for path in solved.iterdir()}

    code, out, err = run("demo", solved.parent / name, cwd=ROOT)

    assert (code, out) == (2, "")
    assert (
        err == f"kit: {solved.parent / name} is there already; name a folder that is new or empty\n"
    )
    assert {path: path.read_bytes() for path in solved.iterdir()} == before
