"""The student's commands: what they print, where, and with which exit code."""

import os
import re
import shutil
import sys
from pathlib import Path

import pytest

import kit
from kit.cli import main

ROOT = Path(__file__).parents[1]
SOLUTIONS = ROOT / "solutions" / "backprop"
PLUGIN_FILES = ["activations.py", "losses.py", "layers.py"]


@pytest.fixture(autouse=True)
def nothing_installed(monkeypatch):
    monkeypatch.setenv("KIT_PLUGINS", "")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A student's folder, solved; the current one unless a test says otherwise."""
    folder = tmp_path / "student"
    folder.mkdir()
    for name in [*PLUGIN_FILES, "assignment.toml"]:
        shutil.copy(SOLUTIONS / name, folder)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def elsewhere(folder, monkeypatch):
    """An empty folder, and the current one."""
    elsewhere = folder.with_name("elsewhere")
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    return elsewhere


@pytest.fixture
def run(folder, capfd):  # noqa: ARG001 - it runs there
    """Run the command in this process; return its exit code and what it printed."""

    def run(*arguments):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        return ended.value.code, *capfd.readouterr()

    return run


def change(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def held_out_accuracy(out):
    return float(re.search(r"accuracy (.*)% on 1000 held-out points", out)[1])


@pytest.mark.parametrize(("data", "bar"), [("moons", 95.0), ("circles", 98.0), ("xor", 97.0)])
def test_train_needs_no_options_to_pass_the_bar(folder, run, data, bar):
    code, out, err = run("train", "--data", data)

    assert (code, err) == (0, "")
    assert out.startswith(
        "Neural_layer(2, 16) -> ReLU -> Neural_layer(16, 1) -> Sigmoid, 65 parameters\n"
        f"{data}: 256 points, 40 epochs\n"
    )
    assert held_out_accuracy(out) >= bar
    assert out.endswith("picture training.png\n")
    assert (folder / "training.png").stat().st_size > 10_000


def test_the_loss_is_told_from_the_first_epoch_to_the_last(folder, run):
    _, out, _ = run("train", "--no-picture")

    first, last = map(float, re.search(r"loss (\S+) -> (\S+)", out).groups())
    assert first > last > 0.0
    assert not (folder / "training.png").exists()


def test_the_same_seed_prints_the_same_and_another_seed_does_not(run):
    first, again, other = (
        run("train", "--no-picture", "--seed", seed)[1] for seed in ("0", "0", "1")
    )

    assert first == again
    assert first != other


def test_options_reach_the_training(run):
    code, out, _ = run(
        *("train", "--no-picture", "--data", "linear", "--hidden", "8, 4", "--epochs", "3"),
        *("--points", "50", "--activation", "sigmoid", "--learning-rate", "0.01"),
        *("--batch-size", "50", "--momentum", "0"),
    )

    assert code == 0
    assert out.startswith(
        "Neural_layer(3, 8) -> Sigmoid -> Neural_layer(8, 4) -> Sigmoid -> "
        "Neural_layer(4, 1) -> Sigmoid, 73 parameters\nlinear: 50 points, 3 epochs\n"
    )


def test_plugins_can_be_named_from_another_folder(elsewhere, run):
    files = [option for name in PLUGIN_FILES for option in ("--plugins", str(SOLUTIONS / name))]

    code, out, _ = run("train", "--epochs", "1", "--picture", "mine.svg", *files)

    assert code == 0
    assert out.endswith("picture mine.svg\n")
    assert [path.name for path in elsewhere.iterdir()] == ["mine.svg"]


def test_the_original_experiment_is_repeated_and_proves_nothing(run):
    code, out, _ = run("train", "--data", "original")

    lines = out.splitlines()
    assert code == 0
    assert lines[0].startswith("Neural_layer(3, 5) -> ReLU -> Neural_layer(5, 1) -> Sigmoid")
    assert lines[1] == "original: 5 points, 11 epochs"
    assert lines[3] == "predicted  true"
    pairs = [line.split() for line in lines[4:9]]
    share = sum(predicted == true for predicted, true in pairs) / 5
    assert lines[9] == f"accuracy {share:.1%} on the points it was trained on"
    assert lines[10].startswith("which proves nothing")
    assert "held-out" not in out


def test_options_go_before_the_original_settings(run):
    _, out, _ = run(
        "train", "--data", "original", "--epochs", "2", "--points", "7", "--hidden", "3"
    )

    assert out.startswith("Neural_layer(3, 3)")
    assert "original: 7 points, 2 epochs" in out
    assert len(re.findall(r"^ +[01] +[01]$", out, re.MULTILINE)) == 7


def test_a_stub_is_told_by_its_own_words_and_place(folder, run):
    change(
        folder / "activations.py",
        "        return np.maximum(x, 0.0)\n",
        '        raise NotImplementedError("Exercise ReLU: return max(x, 0), element by element")\n',
    )

    code, out, err = run("train")

    assert (code, out) == (1, "")
    assert err == (
        "kit: Exercise ReLU: return max(x, 0), element by element (activations.py, line 23)\n"
    )


def test_a_stub_that_cannot_even_be_constructed_is_told_alike(folder, run):
    change(
        folder / "layers.py",
        "        rng = np.random.default_rng() if rng is None else rng\n",
        '        raise NotImplementedError("Exercise Neural_layer: draw weights")\n',
    )

    code, _, err = run("train")

    assert code == 1
    assert re.fullmatch(r"kit: Exercise Neural_layer: draw weights \(layers.py, line \d+\)\n", err)


def test_another_mistake_is_told_with_its_part_its_epoch_and_its_line(folder, run):
    change(folder / "activations.py", "return grad * (x > 0)", "return grad * z")

    code, _, err = run("train")

    assert code == 1
    assert re.fullmatch(
        r"kit: NameError: name 'z' is not defined; in activation ReLU, step 2 of the network, "
        r"epoch 1 \(activations.py, line \d+\)\n",
        err,
    )


def test_a_part_that_ends_the_program_is_a_mistake_like_any_other(folder, run):
    change(folder / "activations.py", "return grad * (x > 0)", "raise SystemExit(0)")

    code, _, err = run("train")

    assert code == 1
    assert err.startswith("kit: SystemExit: 0")


def test_a_wrong_shape_is_told_with_the_step(folder, run):
    change(folder / "layers.py", "axis=0, keepdims=True", "axis=0")

    code, _, err = run("train")

    assert code == 2
    assert err == (
        "kit: layer Neural_layer, step 3 of the network: "
        "the gradient of bias is (1,), expected (1, 1)\n"
    )


def test_a_training_that_diverges_says_when_and_where(folder, run):
    change(folder / "layers.py", '"weights": x.T @ grad', '"weights": x.T @ grad * np.nan')

    code, _, err = run("train")

    assert code == 1
    assert err.startswith("kit: in epoch 1, the gradient of weights in layer Neural_layer, step 3")


def test_debug_shows_the_traceback(folder):
    change(folder / "activations.py", "return grad * (x > 0)", "return grad * z")

    with pytest.raises(kit.KitError) as caught:
        main(["--debug", "train"])

    assert isinstance(caught.value.__cause__, NameError)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "class ReLU:",
            "class ReLU",
            "activations.py cannot be loaded: SyntaxError in line 13: expected ':'",
        ),
        (
            "import numpy as np\n",
            "get_ipython()\n",
            "activations.py cannot be loaded: NameError in line 8: name 'get_ipython' is not defined",
        ),
        ("class ReLU", "class Relu", "activations.py has no class ReLU; did you mean Relu?"),
        ("def forward", "def forwrad", "class ReLU has no method forward; did you mean forwrad?"),
        ("def forward", "def __call__", "class ReLU has no method forward; did you mean __call__?"),
    ],
)
def test_what_is_missing_is_told_in_one_line(folder, run, old, new, told):
    change(folder / "activations.py", old, new)

    code, _, err = run("train")

    assert (code, err) == (1, f"kit: {told}\n")


def test_a_file_that_is_not_utf_8_is_told_and_the_others_are_there(folder, run):
    text = (folder / "activations.py").read_text(encoding="utf-8")
    (folder / "activations.py").write_bytes(f"# caf\xe9\n{text}".encode("latin-1"))

    code, _, err = run("train")
    listed = run("plugins")[1]

    assert (code, err) == (
        1,
        "kit: activations.py is not UTF-8 text (byte 5); save it as UTF-8\n",
    )
    assert "loss:bce" in listed


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("def forward(self, x):", "def forward(self, x, training):"),
        ('"relu": ReLU', '"relu": Relu'),
        ("class Sigmoid", "class Spare:\n    pass\n\n\nclass Sigmoid"),
    ],
)
def test_what_grading_accepts_is_trained(folder, run, old, new):
    change(folder / "activations.py", old, new)

    code, out, err = run("train", "--no-picture", "--epochs", "1")

    assert (code, err) == (0, "")
    assert "accuracy" in out


def test_a_file_with_a_name_that_a_browser_gave_it_is_trained(folder, run):
    (folder / "activations.py").rename(folder / "activations (1).py")

    assert run("train", "--no-picture", "--epochs", "1")[0] == 0


def test_a_file_that_does_not_load_and_is_not_needed_is_told_and_left_out(folder, run):
    (folder / "more.py").write_text("import kit\n1 / 0\n")

    code, _, err = run("train", "--no-picture", "--plugins", ".", "--plugins", "more.py")

    assert code == 0
    assert err == "kit: left out more.py: ZeroDivisionError: division by zero (line 2)\n"


def test_strict_makes_it_an_error(folder, run):
    (folder / "more.py").write_text("1 / 0\n")

    code, out, err = run("train", "--strict", "--plugins", ".", "--plugins", "more.py")

    assert (code, out) == (2, "")
    assert err == "kit: more.py: ZeroDivisionError: division by zero (line 1)\n"


@pytest.mark.usefixtures("elsewhere")
def test_whoever_is_in_no_assignments_folder_is_told_where_to_go(run):
    code, _, err = run("train")

    assert code == 2
    assert err.endswith("go to an assignment's folder, or say --plugins FOLDER\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--epochs", "0"], "epochs must be a whole number from 1 up, not 0"),
        (["--epochs", "many"], "Invalid value for '--epochs': 'many' is not a valid integer"),
        (["--batch-size", "0"], "batch_size must be a whole number from 1 up, not 0"),
        (["--points", "0"], "Invalid value for '--points': 0 is not in the range x>=1"),
        (["--hidden", "a,b"], "--hidden takes widths such as 16 or 16,8, not 'a,b'"),
        (["--hidden", "0"], "--hidden takes widths such as 16 or 16,8, not '0'"),
        (["--hidden", "16,"], "--hidden takes widths such as 16 or 16,8, not '16,'"),
        (["--learning-rate", "-1"], "learning_rate must be a positive number, not -1.0"),
        (["--learning-rate", "nan"], "learning_rate must be a positive number, not nan"),
        (["--momentum", "1"], "momentum must be from 0 to below 1, not 1.0"),
        (["--seed", "-1"], "Invalid value for '--seed': -1 is not in the range x>=0"),
        (["--data", "moon"], "no dataset is called 'moon'; did you mean 'moons'?"),
        (["--activation", "rely"], "no activation is called 'rely'; did you mean 'relu'?"),
        (["--picture", "gone/t.png"], "no picture can be written to 'gone/t.png'"),
        (["--picture", "t.bmp"], "a picture's name ends in .png, .svg, .pdf, not as in 't.bmp'"),
        (["--plugins", "gone"], "no file or folder is called 'gone'"),
        (["--nothing"], "No such option"),
    ],
)
def test_what_is_asked_wrongly_is_told_in_one_line_before_training(folder, run, arguments, message):
    code, out, err = run("train", *arguments)

    assert (code, out) == (2, "")
    assert err.startswith(f"kit: {message}")
    assert len(err.splitlines()) == 1
    assert not (folder / "training.png").exists()


def test_without_matplotlib_the_training_counts_and_the_picture_is_left_out(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)

    code, out, err = run("train")

    assert code == 0
    assert held_out_accuracy(out) > 95.0
    assert err == ("kit: no picture: drawing needs matplotlib: pip install 'backprop-kit[plots]'\n")


def test_a_terminal_sees_progress(run, monkeypatch):
    monkeypatch.setattr("kit.cli.student.on_terminal", lambda: True)

    code, _, err = run("train", "--no-picture")

    assert code == 0
    assert "training" in err


FIXED_SET = """import kit
import numpy as np

X = np.random.default_rng(0).standard_normal((150, 2))


@kit.hookimpl
def kit_datasets():
    return {"fixed": lambda samples, rng: (X, (X.sum(axis=1, keepdims=True) > 0) * 1.0)}
"""


def test_a_finite_data_set_is_split_and_the_numbers_are_those_that_came(folder, run):
    (folder / "sets.py").write_text(FIXED_SET)
    plugins = ("--plugins", ".", "--plugins", "sets.py")

    code, out, _ = run("train", "--no-picture", "--data", "fixed", *plugins)

    assert code == 0
    assert "fixed repeats its points: they are split, none is in both parts\n" in out
    assert "fixed: 120 points, 40 epochs\n" in out
    assert out.endswith("on 30 held-out points\n")


def test_a_training_that_ends_near_chance_says_where_to_look(folder, run):
    assert "near chance" not in run("train", "--no-picture")[1]
    change(folder / "activations.py", "return grad * (x > 0)", "return grad * 0.0")
    change(folder / "losses.py", "return (p - y_true)", "return (y_true - p)")

    code, out, _ = run("train", "--no-picture")

    assert code == 0
    assert "this is near chance: pytest shows which part is wrong" in out


def test_a_loss_that_keeps_what_forward_computed_trains_as_any_other(folder, run):
    expected = run("train", "--no-picture")
    entry = ROOT / "tests" / "zoo" / "backprop" / "right" / "bce_cached_predictions"
    for file in entry.glob("*.py"):
        shutil.copy(file, folder)

    assert run("train", "--no-picture") == expected


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "activations.py",
            "def backward(self, grad, x, y):",
            "def backward(self, grad):",
            "activation Sigmoid, step 4 of the network: backward was called with (grad, x, y); it takes (grad)",
        ),
        (
            "losses.py",
            "def forward(self, y_true, y_pred):",
            "def forward(self, y_pred):",
            "loss BinaryCrossEntropy: forward was called with (y_true, y_pred); it takes (y_pred)",
        ),
        (
            "layers.py",
            "def __init__(self, num_of_features, num_of_neurons, rng=None):",
            "def __init__(self, size, rng=None):",
            "layer, step 1 of the network: Neural_layer was called with (num_of_features, num_of_neurons, rng); it takes (size, rng=None)",
        ),
        (
            "layers.py",
            '    parameters = ("weights", "bias")\n',
            "",
            'layer Neural_layer has no `parameters`; say parameters = ("weights", "bias")',
        ),
    ],
)
def test_a_form_that_the_contract_does_not_have_is_named(folder, run, file, old, new, message):
    change(folder / file, old, new)

    code, out, err = run("train", "--no-picture")

    assert (code, out) == (2, "")
    assert err.splitlines()[-1] == f"kit: {message}"


def _forward_is(folder, line):
    change(folder / "activations.py", "        return np.maximum(x, 0.0)\n", f"        {line}\n")


@pytest.mark.parametrize(
    "line", ["while True: pass", "import time; time.sleep(600)", "import _thread; lock()"]
)
def test_a_call_that_never_returns_ends_with_its_line(folder, run, monkeypatch, line):
    monkeypatch.setattr("kit.cli.watching.SECONDS", 0.5)
    _forward_is(folder, line)
    text = (folder / "activations.py").read_text()
    (folder / "activations.py").write_text(
        f"{text}\n\ndef lock():\n    held = _thread.allocate_lock()\n    held.acquire()\n"
        "    held.acquire()\n\n\nimport _thread\n"
    )

    code, out, err = run("train", "--no-picture")

    assert (code, out) == (1, "")
    assert re.fullmatch(
        r"kit: your code did not return within 0.5 s: in activation ReLU, step 2 of the network, "
        r"epoch 1 \(activations.py, line \d+\)\n",
        err,
    )


def test_a_file_whose_import_never_ends_is_named(folder, run, monkeypatch):
    monkeypatch.setattr("kit.cli.watching.SECONDS", 0.5)
    (folder / "losses.py").write_text("while True:\n    pass\n")

    code, _, err = run("train", "--no-picture")

    assert code == 1
    assert re.search(r"did not return within 0.5 s \(losses.py, line [12]\)", err)


def test_code_that_swallows_the_interrupt_ends_with_the_command(folder, run_python):
    _forward_is(
        folder,
        "import time\n        while True:\n            try:\n                time.sleep(0.01)\n"
        "            except BaseException:\n                pass",
    )
    code = (
        "import kit.cli.watching as watching\nwatching.SECONDS = watching.PATIENCE = 0.5\n"
        "from kit.cli import main\nmain(['train', '--no-picture'])"
    )

    result = run_python("-c", code, cwd=folder)

    assert result.returncode == 1
    assert re.search(
        r"kit: your code did not return within 0.5 s; it cannot be interrupted "
        r"\(activations.py, line \d+\)",
        result.stderr,
    )


def test_only_the_first_lines_that_a_student_prints_are_shown(folder, run):
    _forward_is(folder, "print('x is', x.shape); return np.maximum(x, 0.0)")

    code, few, _ = run("train", "--no-picture", "--epochs", "9")
    _, every, _ = run("train", "--no-picture", "--epochs", "9", "-s")

    assert code == 0
    assert few.count("x is") == 20
    assert every.count("x is") > 20
    more = every.count("x is") - 20
    assert few.endswith(f"held-out points\nand {more} more printed lines; kit train -s shows all\n")
    assert [line for line in few.splitlines() if "x is" not in line][:-1] == [
        line for line in every.splitlines() if "x is" not in line
    ]


def test_an_endless_loop_that_prints_does_not_flood_the_terminal(folder, run, monkeypatch):
    monkeypatch.setattr("kit.cli.watching.SECONDS", 0.5)
    _forward_is(folder, "while True: print('here'); print('.', end='')")

    code, out, err = run("train", "--no-picture")

    assert code == 1
    assert re.fullmatch(r"(\.?here\n){20}and \d+ more printed lines; kit train -s shows all\n", out)
    assert "did not return within 0.5 s" in err


def test_ctrl_c_says_in_which_line_it_stopped(folder, run):
    _forward_is(folder, "raise KeyboardInterrupt")

    code, _, err = run("train", "--no-picture")

    assert code == 130
    assert re.fullmatch(
        r"kit: stopped: in activation ReLU, step 2 of the network, epoch 1 "
        r"\(activations.py, line \d+\)\n",
        err,
    )


def test_plugins_lists_what_each_source_provides(run):
    code, out, err = run("plugins")

    assert (code, err) == (0, "")
    rows = [re.split(r"\s{2,}", line) for line in out.splitlines()]
    assert rows[0] == ["distribution", "version", "target", "parts"]
    assert ["backprop-kit", kit.__version__, "kit.optimizers", "optimizer:sgd"] in rows
    assert re.search(r"^local +losses.py +loss:bce$", out, re.MULTILINE)


def test_plugins_marks_names_in_conflict(folder, run):
    shutil.copy(folder / "losses.py", folder / "other.py")

    code, out, _ = run("plugins", "--plugins", ".", "--plugins", "other.py")

    assert code == 0
    assert out.count("loss:bce (conflict)") == 2


def test_show_tells_where_a_part_comes_from_and_what_it_says(run):
    code, out, _ = run("show", "layer", "neural_layer")

    assert code == 0
    assert out.startswith("layer neural_layer\nfrom   layers.py\nfile   ")
    assert re.search(rf"^file   .*{re.escape('layers.py')}, line 13$", out, re.MULTILINE)
    assert "call   Neural_layer(num_of_features, num_of_neurons, rng=None)" in out
    assert "y = x @ weights + bias" in out


@pytest.mark.usefixtures("elsewhere")
def test_show_knows_what_comes_with_the_kit(run):
    _, out, _ = run("show", "optimizer", "sgd")

    assert f"from   backprop-kit {kit.__version__}\n" in out
    assert os.path.join("kit", "optimizers.py") in out  # noqa: PTH118 - as the platform writes it
    assert "Stochastic gradient descent" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["activation", "rely"], "no activation is called 'rely'; did you mean 'relu'?"),
        (["activatoin", "relu"], "no kind is called 'activatoin'; did you mean 'activation'?"),
        (["activation"], "Missing argument 'NAME'"),
    ],
)
def test_show_helps_with_a_name_it_does_not_know(run, arguments, message):
    code, out, err = run("show", *arguments)

    assert (code, out) == (2, "")
    assert err.startswith(f"kit: {message}")


def test_show_refuses_a_name_in_conflict(folder, run):
    shutil.copy(folder / "losses.py", folder / "other.py")

    code, _, err = run("show", "loss", "bce", "--plugins", ".", "--plugins", "other.py")

    assert code == 2
    assert err == "kit: loss 'bce' comes from 2 plugins: load one of losses.py, other.py\n"
