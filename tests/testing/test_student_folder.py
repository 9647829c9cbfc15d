"""What a student sees: `pytest` in the released folder, from the stub to the last exercise."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kit.errors import GradingError
from kit.manifest import read_manifest
from kit.testing import CheckFailed, check

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
RELEASE = ROOT / "assignments" / "backprop"
SOLUTION = ROOT / "solutions" / "backprop"
TITLES = {exercise.title: exercise.name for exercise in read_manifest(RELEASE).exercises}
ENVIRONMENT = {
    "PYTHONPATH": str(ROOT),
    "PATH": os.environ["PATH"],
    "PYTHONDONTWRITEBYTECODE": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "COLUMNS": "120",
}
HINT = "Hidden tests check the same contract on other inputs."


@pytest.fixture
def folder(tmp_path):
    """The folder that a student gets."""
    ignored = shutil.ignore_patterns("__pycache__", ".*_cache")
    return Path(shutil.copytree(RELEASE, tmp_path / "backprop", ignore=ignored))


@pytest.fixture
def solved(folder):
    """The folder of a student who has finished."""
    for name in ("activations.py", "losses.py", "layers.py"):
        shutil.copy(SOLUTION / name, folder)
    return folder


def run(folder, *arguments, program=(sys.executable, "-m", "pytest")):
    """Run pytest there, as a student does; return its exit code and what it printed."""
    done = subprocess.run(
        [*program, *arguments],
        cwd=folder,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def counts(output):
    """Passed and total of every exercise, as the summary tells them."""
    found = re.findall(r"^(\S.*?) +(\d+) of (\d+)$", output, re.MULTILINE)
    return {TITLES[title]: (int(passed), int(total)) for title, passed, total in found}


def failures(output):
    """What is printed for each red test."""
    parts = re.split(
        r"^_+ (test_\w+) _+$", output.partition("= exercises =")[0], flags=re.MULTILINE
    )
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def change(folder, file, old, new):
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")


# The stub and the solution


def test_the_stub_is_red_all_over_and_says_what_to_do(folder):
    code, output = run(folder)

    red, tests = failures(output), counts(output)
    total = sum(each for _, each in tests.values())
    assert code == 1
    assert list(tests) == list(TITLES.values())
    assert {passed for passed, _ in tests.values()} == {0}
    assert f"\n0 of {total} public tests passed.\n{HINT}\n" in output
    assert "Traceback" not in output
    assert "AssertionError" not in output
    assert red == {}
    assert "Not written yet; replace the `raise` by your code:\n" in output
    for part in ("ReLU", "Sigmoid", "BinaryCrossEntropy", "Neural_layer"):
        assert output.count(f"\n  Exercise {part}: ") == 1
    assert "  Exercise ReLU: return max(x, 0), element by element (activations.py, line " in output
    assert f" {total} not written in " in output


def test_the_first_run_fits_on_a_screen(folder, monkeypatch):
    monkeypatch.delitem(ENVIRONMENT, "COLUMNS")

    _, output = run(folder)

    assert len(output.splitlines()) <= 30
    assert max(map(len, output.splitlines())) <= 80


def test_the_solution_is_green_all_over_and_nothing_but(solved):
    code, output = run(solved)

    tests = counts(output)
    total = sum(each for _, each in tests.values())
    assert code == 0
    assert list(tests) == list(TITLES.values())
    assert all(passed == total >= 1 for passed, total in tests.values())
    assert f"\n{total} of {total} public tests passed.\n{HINT}\n" in output
    assert "warning" not in output.lower()
    assert failures(output) == {}


def test_a_whole_folder_may_be_tested_from_outside_of_it(solved):
    code, output = run(solved.parent, "backprop", "-c", "backprop/pytest.ini", "-k", "not learns")

    assert code == 0
    assert f"public tests passed.\n{HINT}" in output


# Mistakes

VALUE = ["Asked", "Smallest input that shows it", "Came", "Expected", "What it usually means"]
PURE = ["Asked", "Came", "Expected", "What it usually means"]
MISTAKES = {
    "np.max": ("relu", "activations.py", "np.maximum(x, 0.0)", "np.max(x)", VALUE),
    "gradient unchanged": ("relu", "activations.py", "grad * (x > 0)", "grad", VALUE),
    "in place": (
        *("relu", "activations.py", "return np.maximum(x, 0.0)"),
        *("x[x < 0] = 0.0\n        return x", PURE),
    ),
    "x (1 - x)": ("sigmoid", "activations.py", "y * (1.0 - y)", "x * (1.0 - x)", VALUE),
    "sum for mean": ("bce", "losses.py", "float(-np.mean(", "float(-np.sum(", VALUE),
    "p - y": ("bce", "losses.py", "(p - y_true) / (p * (1.0 - p))", "(p - y_true)", VALUE),
    "weights of zero": ("layer_forward", "layers.py", "* scale", "* 0", VALUE),
    "transposed": ("layer_backward", "layers.py", "x.T @ grad", "(x.T @ grad).T", VALUE),
    "bias averaged": ("layer_backward", "layers.py", "grad.sum(", "grad.mean(", VALUE),
    "nothing returned": ("layer_forward", "layers.py", "return x @ self", "x @ self", VALUE),
}


@pytest.mark.parametrize(
    ("exercises", "file", "old", "new", "labels"), MISTAKES.values(), ids=MISTAKES
)
def test_a_typical_mistake_is_red_in_its_exercise_and_explained(
    solved, exercises, file, old, new, labels
):
    change(solved, file, old, new)

    code, output = run(solved, "-k", "not learns")

    red = failures(output)
    assert code == 1
    hurt = {name for name, (passed, total) in counts(output).items() if passed < total}
    assert hurt == set(exercises.split())
    assert "Traceback" not in output
    assert "AssertionError" not in output
    told = [re.findall(r"^  (\w[\w ]*):", text, re.MULTILINE) for text in red.values()]
    assert all({"Came", "Told above"} & set(each) for each in told)
    stumbled = [text for text in red.values() if "something that the test cannot use" in text]
    assert all({"Asked", "Told above"} & set(each) for each in told) or stumbled
    assert any(set(labels) <= set(each) for each in told)


def test_the_smallest_input_is_one_number(solved):
    change(solved, "activations.py", "grad * (x > 0)", "grad")

    _, output = run(solved, "--exercise", "relu")

    text = failures(output)["test_relu_backward_is_the_gradient_times_the_slope"]
    assert "  Smallest input that shows it: x = [[-0.5]], grad = [[2.]]\n" in text
    assert "  Came: [[2.]]\n" in text
    assert "measured with a tiny step, is 0.0000" in text


def test_a_mistake_in_one_part_shows_in_training_too(solved):
    change(solved, "activations.py", "grad * (x > 0)", "grad")

    code, output = run(solved, "--exercise", "accuracy")

    red = failures(output)
    assert code == 1
    assert "1 failed, " in output
    assert ", 2 failed as above" in output
    for text in red.values():
        assert "  Asked: the gradients in training\n" in text
        assert "  Came: something else than the slope of the loss\n" in text


def test_a_syntax_error_is_red_in_its_file_only_and_names_the_line(solved):
    change(solved, "losses.py", "import numpy as np", "import numpy as")

    code, output = run(solved, "-k", "not learns")

    tests, red = counts(output), failures(output)
    assert code == 1
    assert tests.pop("bce")[0] == 0
    assert all(passed == total for passed, total in tests.values())
    for text in red.values():
        assert "losses.py cannot be loaded: SyntaxError in line 7: invalid syntax" in text
        assert "look at this line and the one above it" in text


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-16-le", "gbk"])
def test_a_file_that_is_not_utf_8_is_red_in_its_exercises_only(solved, encoding):
    text = (solved / "losses.py").read_text(encoding="utf-8")
    (solved / "losses.py").write_bytes(f"# \N{MULTIPLICATION SIGN}\n{text}".encode(encoding))

    code, output = run(solved, "-k", "not learns")

    tests, red = counts(output), failures(output)
    assert code == 1
    assert tests.pop("bce")[0] == 0
    assert all(passed == total for passed, total in tests.values())
    for told in red.values():
        assert re.search(r"losses.py is not UTF-8 text \(byte \d+\); save it as UTF-8", told)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("class ReLU", "class Relu", "activations.py has no class ReLU; did you mean Relu?"),
        ("def forward", "def forwrad", "has no method forward; did you mean forwrad?"),
        ("def forward", "def __call__", "has no method forward; did you mean __call__?"),
        (
            "import numpy as np",
            "get_ipython()",
            "activations.py cannot be loaded: NameError in line 8: name 'get_ipython' is not",
        ),
    ],
)
def test_what_is_missing_is_told_without_an_input_and_never_in_words_of_the_kit(
    solved, old, new, told
):
    change(solved, "activations.py", old, new)

    _, output = run(solved, "-k", "relu or xor")

    red = failures(output)
    assert red
    for text in red.values():
        assert told in " ".join(text.split()) or "backward" in text
        for word in ("kit_file_", "PluginError", "ShapeError", "Smallest input", "UsageError"):
            assert word not in text


def test_a_missing_file_is_named(solved):
    (solved / "layers.py").unlink()

    _, output = run(solved, "--exercise", "layer_forward")

    assert "layers.py was not handed in" in output


# One exercise


def test_one_exercise_may_be_asked_for(solved):
    code, output = run(solved, "--exercise", "relu")

    assert code == 0
    assert list(counts(output)) == ["relu"]
    assert re.search(r"\n(\d+) of \1 public tests passed\.", output)


def test_an_exercise_that_is_not_there_is_told_with_those_that_are(folder):
    code, output = run(folder, "--exercise", "rely")

    assert code == 4
    assert f"no exercise is called 'rely'; there are: {', '.join(TITLES.values())}" in output
    assert "Traceback" not in output


def test_an_endless_loop_is_a_failed_test_with_the_line_it_was_in(solved):
    change(
        solved,
        "activations.py",
        "        return np.maximum(x, 0.0)",
        "        while True:\n            pass",
    )
    loop = (solved / "activations.py").read_text(encoding="utf-8").splitlines()

    # A shell that starts a program in the background has it ignore Ctrl-C.
    deaf = "import signal, sys, pytest; signal.signal(2, signal.SIG_IGN); sys.exit(pytest.main())"
    code, output = run(solved, "--exercise", "relu", "-x", program=(sys.executable, "-c", deaf))

    found = re.search(r"no answer within \d+ s \(activations\.py, line (\d+)\)", output)
    assert found, output
    line = int(found[1])
    assert code == 1
    assert loop[line - 1].strip() in {"while True:", "pass"}
    assert "Asked: ReLU.forward(" in output
    assert "a loop that never ends" in output


# Code that does not come back. The watchdog is the student's, in a hurry.

HURRIED = (
    "import sys, kit.testing.watchdog as watchdog;"
    "watchdog.FIRST_SECONDS = watchdog.LATER_SECONDS = watchdog.INSIST_SECONDS = 1.0;"
    "import pytest; sys.exit(pytest.main())"
)
FORWARD = "        return np.maximum(x, 0.0)"


def hurried(folder, *arguments):
    program = (sys.executable, "-c", HURRIED, "--disable-warnings")
    code, output = run(folder, *arguments, program=program)
    assert "Traceback" not in output
    assert "most recent call first" not in output
    assert len(output.splitlines()) <= 40
    return code, output


@pytest.mark.parametrize(
    "body",
    [
        "import time; time.sleep(1000)",
        "import threading; lock = threading.Lock(); lock.acquire(); lock.acquire()",
        "while True: print('again')",
        "while True:\n            try:\n                x = x + 1\n            except Exception: pass",
    ],
)
def test_a_call_that_hangs_is_stopped_and_its_other_tests_are_skipped(solved, body):
    change(solved, "activations.py", FORWARD, f"        {body}")

    code, output = hurried(solved)

    assert code == 1
    assert re.search(r"no answer within 1 s \(activations\.py, line 2\d\)", output)
    assert "Stopped: ReLU: " in output
    assert re.search(r"= 1 failed, \d+ passed, 8 skipped", output)
    assert counts(output)["sigmoid"] == (6, 6)


def test_what_a_loop_prints_does_not_flood_the_terminal(solved):
    change(solved, "activations.py", FORWARD, "        while True:\n            print('again')")

    _, output = hurried(solved, "--exercise", "relu")

    assert output.count("again") == 5
    assert re.search(r"\n  and \d+ more; pytest -s shows all\n", output)


def test_code_that_swallows_every_interrupt_ends_with_the_table(solved):
    swallow = "while True:\n            try: time.sleep(9)\n            except: pass"
    change(solved, "activations.py", FORWARD, f"        import time\n        {swallow}")

    code, output = hurried(solved)

    assert code == 1
    assert "no answer within 1 s (activations.py, line 2" in output
    assert counts(output).keys() == set(TITLES.values())
    assert HINT in output


def test_a_file_that_hangs_while_it_is_loaded_is_loaded_once(solved):
    change(solved, "activations.py", "import numpy as np", "import numpy as np\nwhile True: pass")

    _, output = hurried(solved)

    tests = counts(output)
    assert "no answer within 1 s (activations.py, line 9)" in output
    assert (tests["relu"][0], tests["sigmoid"][0]) == (0, 0)
    assert tests["bce"] == (7, 7)
    assert re.search(r"= 1 failed, \d+ passed, 14 skipped", output)


def test_a_student_s_own_keyboard_interrupt_does_not_end_the_run(solved):
    change(solved, "activations.py", FORWARD, "        raise KeyboardInterrupt")

    code, output = run(solved, "--exercise", "relu")

    assert code == 1
    assert "your code raised KeyboardInterrupt (activations.py, line 23)" in output
    assert counts(output)["relu"] == (0, 6)


# What grading does not have


@pytest.mark.parametrize(
    "statement", ["import matplotlib.pyplot", "import pytest", "from utils import sigmoid"]
)
def test_an_import_that_grading_does_not_offer_is_red_for_its_file_alone(solved, statement):
    (solved / "utils.py").write_text("def sigmoid(x):\n    return x\n")
    change(solved, "activations.py", "import numpy as np", f"import numpy as np\n{statement}")

    code, output = run(solved, "-k", "not learns")

    tests = counts(output)
    assert code == 1
    offer = "grading offers NumPy and most of the standard library; remove"
    assert " ".join(output.split()).count(f"{offer} `{statement}` (line 9)") == 1
    assert (tests.pop("relu")[0], tests.pop("sigmoid")[0]) == (0, 0)
    assert all(passed == total for passed, total in tests.values())


def test_a_file_that_is_opened_is_red_with_its_line(solved):
    change(solved, "activations.py", FORWARD, f"        open('data.csv')\n{FORWARD}")

    _, output = run(solved, "--exercise", "relu")

    assert "a submission reaches no file, process or network (activations.py, line 23)" in output
    assert "1 failed, " in output


def test_the_first_lines_that_are_printed_are_shown_once_and_none_of_the_diagnosis(solved):
    lines = "[print('line', n) for n in range(30)]"
    change(solved, "activations.py", FORWARD, f"        {lines}\n        return x + 1")

    _, output = run(solved, "--exercise", "relu")

    assert re.findall(r"line (\d+)\n", output) == [str(number) for number in range(20)]
    assert "\n  and 40 more; pytest -s shows all\n" in output


def test_a_breakpoint_is_passed_over_where_there_is_no_keyboard(solved):
    change(solved, "activations.py", FORWARD, f"        breakpoint()\n{FORWARD}")

    code, _ = run(solved, "--exercise", "relu")

    assert code == 0


def test_did_you_mean_is_kept(solved):
    change(solved, "activations.py", "grad * (x > 0)", "grd * (x > 0)")

    _, output = run(solved, "--exercise", "relu")

    assert "Did you mean: 'grad'?" in output


@pytest.mark.parametrize("name", ["ReLU", "RELU", "relu"])
def test_an_exercise_may_be_named_by_its_title_or_class_however_it_is_spelt(solved, name):
    _, output = run(solved, "--exercise", name)

    assert list(counts(output)) == ["relu"]


def test_a_test_of_the_student_s_own_runs_beside_ours_and_is_not_counted(solved):
    (solved / "test_mine.py").write_text("def test_mine():\n    assert 1 + 1 == 3\n")

    code, output = run(solved)

    total = sum(each for _, each in counts(output).values())
    assert code == 1
    assert "assert (1 + 1) == 3" in output
    assert f"\n{total} of {total} public tests passed.\n{HINT}\n" in output


# The notebook


@pytest.fixture
def here(folder, monkeypatch):
    """The released folder as the current one, as a notebook has it."""
    monkeypatch.chdir(folder)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return folder


@pytest.mark.usefixtures("here")
def test_a_cell_prints_what_is_wrong_and_fails(capsys):
    with pytest.raises(CheckFailed, match="pytest --exercise relu"):
        check("relu")

    printed = capsys.readouterr().out
    assert "Exercise ReLU: return max(x, 0)" in printed
    assert f"public tests passed.\n{HINT}" in printed
    assert "Sigmoid" not in printed


def test_a_cell_passes_where_the_file_on_disk_is_right(here, capsys):
    shutil.copy(SOLUTION / "activations.py", here)

    check("relu")

    assert re.search(r"(\d+) of \1 public tests passed", capsys.readouterr().out)


def test_a_cell_may_test_another_folder(here, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)

    with pytest.raises(CheckFailed):
        check("sigmoid", here)

    assert "Exercise Sigmoid" in capsys.readouterr().out


def test_a_cell_survives_any_locale(here):
    change(here, "activations.py", "Exercise ReLU: return", "Exercise ReLU: größer ∂, return")
    environment = {**ENVIRONMENT, "PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}
    command = [sys.executable, "-c", "from kit.testing import check; check('relu')"]

    done = subprocess.run(
        command, cwd=here, env=environment, capture_output=True, text=True, timeout=60, check=False
    )

    assert "CheckFailed: Asked: pytest --exercise relu" in done.stderr
    assert "Exercise ReLU: gr" in done.stdout


@pytest.mark.usefixtures("here")
def test_a_cell_names_the_exercises_where_there_is_none_of_that_name(capsys):
    with pytest.raises(CheckFailed):
        check("rely")

    assert "no exercise is called 'rely'" in capsys.readouterr().out


@pytest.mark.usefixtures("here")
def test_a_cell_earns_nothing_by_being_run_in_grading(capsys, monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")

    with pytest.raises(GradingError, match="nbgrader_config"):
        check("relu")

    assert capsys.readouterr().out == ""
