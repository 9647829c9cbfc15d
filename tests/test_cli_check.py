"""`kit check`: what would be graded of the assignment in this folder."""

import json
import shutil
import zipfile
from pathlib import Path

import pytest

from kit.cli import check as module
from kit.cli import main
from kit.errors import UsageError
from kit.grading import public

ROOT = Path(__file__).parents[1]
FILES = ["activations.py", "losses.py", "layers.py"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An assignment's folder in which everything is solved."""
    folder = Path(shutil.copytree(ROOT / "assignments" / "backprop", tmp_path / "backprop"))
    for name in FILES:
        shutil.copy(ROOT / "solutions" / "backprop" / name, folder)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def run(capsys):
    def run(*arguments):
        with pytest.raises(SystemExit) as left:
            main(["check", *arguments])
        captured = capsys.readouterr()
        return left.value.code, captured.out, captured.err

    return run


@pytest.fixture
def no_worker(monkeypatch):
    """A machine that cannot grade."""

    def refuse(*_):
        raise UsageError("this machine does not offer the sandbox. `kit doctor` says more")

    monkeypatch.setattr(public, "run_public_tests", refuse)


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.slow
@pytest.mark.usefixtures("folder")
def test_what_is_solved_is_right_and_its_public_tests_are_run_as_in_grading(run):
    code, out, err = run()

    assert (code, err) == (0, "")
    assert "activations.py" in out
    assert "ReLU, Sigmoid" in out
    assert "Public tests, run as in grading" in out
    assert out.endswith("Nothing is wrong.\n")


@pytest.mark.slow
def test_what_is_not_solved_is_wrong(folder, run):
    shutil.copy(ROOT / "assignments" / "backprop" / "losses.py", folder)
    change(folder / "activations.py", "return grad * y", "grad * y")

    code, out, _ = run("--json")

    listing = json.loads(out)
    assert code == 1
    passed = {each["name"]: (each["passed"], each["tests"]) for each in listing["public"]}
    assert passed["bce"][0] == 0
    assert passed["sigmoid"][0] < passed["sigmoid"][1]
    assert passed["relu"][0] == passed["relu"][1] > 0
    assert (listing["schema"], listing["ok"]) == ("kit/check/1", False)


@pytest.mark.usefixtures("no_worker")
@pytest.mark.usefixtures("folder")
def test_a_machine_without_a_worker_says_what_it_did_not_check(run):
    code, out, _ = run()

    assert code == 0
    assert "not run as in grading: this machine does not offer the sandbox\n" in out


@pytest.mark.parametrize("system", ["Windows", "Darwin"])
@pytest.mark.usefixtures("folder")
def test_on_other_systems_the_files_are_checked(run, monkeypatch, system):
    monkeypatch.setattr(module.platform, "system", lambda: system)

    code, out, _ = run()

    assert code == 0
    assert "the grader's worker runs on Linux alone" in out


@pytest.mark.usefixtures("no_worker")
@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("class ReLU", "class Relu", "activations.py has no class ReLU; did you mean Relu?"),
        ("def forward", "def forwrad", "class ReLU has no method forward; did you mean forwrad?"),
        ("import numpy", "import nunpy", "activations.py cannot be loaded: ModuleNotFoundError"),
        ("import numpy", "import numpy numpy", "activations.py cannot be loaded: SyntaxError"),
    ],
)
def test_what_is_missing_is_told_and_the_exit_code_is_1(folder, run, old, new, told):
    change(folder / "activations.py", old, new)

    code, out, _ = run()

    assert code == 1
    assert told in out
    assert "BinaryCrossEntropy" in out
    assert out.endswith("Something is wrong: see above.\n")


@pytest.mark.usefixtures("no_worker")
def test_files_that_were_found_elsewhere_and_those_that_were_not_are_told(folder, run):
    (folder / "layers.py").rename(folder / "layers (1).py")
    (folder / "losses.py").write_bytes("# \N{LATIN SMALL LETTER E WITH ACUTE}".encode("latin-1"))

    code, out, _ = run("--json")

    files = {each["name"]: each for each in json.loads(out)["files"]}
    assert code == 1
    assert files["layers.py"]["found"] == "layers (1).py"
    assert files["losses.py"]["problem"] == (
        "losses.py is not UTF-8 text (byte 2); save it as UTF-8"
    )


@pytest.mark.usefixtures("no_worker")
def test_a_file_that_does_not_end_is_told(folder, run, monkeypatch):
    monkeypatch.setattr("kit.harness.check.SECONDS", 0.2)
    change(folder / "activations.py", "class ReLU", "while True: pass\nclass ReLU")

    code, out, _ = run()

    assert code == 1
    assert "it does not end within 0.2 s" in out


@pytest.mark.usefixtures("no_worker")
def test_the_archive_holds_exactly_what_would_be_graded(folder, run):
    (folder / "layers.py").rename(folder / "layers (1).py")

    code, out, _ = run("--zip")

    assert code == 0
    assert "Wrote backprop.zip: activations.py, layers.py, losses.py" in out
    with zipfile.ZipFile(folder / "backprop.zip") as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    assert held.keys() == set(FILES)
    assert held["layers.py"] == (folder / "layers (1).py").read_bytes()


@pytest.mark.usefixtures("no_worker")
def test_an_archive_that_cannot_be_written_leaves_the_old_one(folder, run, monkeypatch):
    run("--zip")
    before = (folder / "backprop.zip").read_bytes()
    change(folder / "layers.py", "import numpy", "import  numpy")

    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", fail)

    code, _, err = run("--zip")

    assert (code, err) == (1, "kit: No space left on device\n")
    assert (folder / "backprop.zip").read_bytes() == before
    assert not list(folder.glob(".*.tmp"))


def test_outside_an_assignment_it_says_where_to_go(tmp_path, run, monkeypatch):
    monkeypatch.chdir(tmp_path)

    code, _, err = run()

    assert code == 2
    assert err == "kit: there is no assignment.toml here; go to an assignment's folder\n"
