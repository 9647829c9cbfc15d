"""What must not be imported: by `import kit`, by `kit --help`, across the walls, off POSIX."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import kit

ROOT = Path(__file__).parents[1]
HEAVY = {"numpy", "importlib.metadata", "pytest", "matplotlib", "rich", "nbgrader"}
POSIX_ONLY = {"fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty"}


def heavy_modules_after(run_python, statement, cwd):
    code = f"import sys\n{statement}\nprint(sorted({HEAVY!r} & set(sys.modules)))"
    result = run_python("-c", code, cwd=cwd)
    assert result.returncode == 0, result.stderr
    return result.stdout.splitlines()[-1]


def test_import_kit_costs_nothing_heavy(run_python, tmp_path):
    assert heavy_modules_after(run_python, "import kit; kit.hookimpl", tmp_path) == "[]"


@pytest.mark.parametrize("arguments", [["--help"], ["train", "--help"], ["--version"]])
def test_help_costs_nothing_heavy(run_python, tmp_path, arguments):
    statement = (
        "from kit.cli import main\n"
        f"try:\n    main({arguments!r})\nexcept SystemExit as end:\n    assert end.code == 0"
    )

    assert heavy_modules_after(run_python, statement, tmp_path) == "[]"


def test_looking_for_heavy_modules_finds_them(run_python, tmp_path):
    assert heavy_modules_after(run_python, "import kit; kit.Trainer", tmp_path) == "['numpy']"


def test_every_public_name_is_there_when_it_is_asked_for():
    there = {name for name in kit.__all__ if hasattr(kit, name)}

    assert there == set(kit.__all__)


def test_another_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'kit' has no attribute 'network_'"):
        _ = kit.network_


def test_the_walls_between_the_folders_hold():
    linter = Path(sys.executable).with_name("lint-imports")

    result = subprocess.run(
        [linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert result.returncode == 0, result.stdout


def imported_modules(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


def test_nothing_that_only_posix_has_is_imported_outside_grading():
    files = [path for path in (ROOT / "kit").rglob("*.py") if "grading" not in path.parts]

    found = {str(path): POSIX_ONLY & set(imported_modules(path)) for path in files}

    assert len(files) > 10
    assert {path: names for path, names in found.items() if names} == {}
