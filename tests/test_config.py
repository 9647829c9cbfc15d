"""`nbgrader_config.py` cannot raise: nbgrader would go on without any of its settings."""

import ast
import importlib.util
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

CONFIG = Path(__file__).resolve().parents[1] / "nbgrader_config.py"
SECTIONS = (
    "CourseDirectory",
    "GenerateAssignment",
    "Autograde",
    "ExportApp",
    "GenerateFeedback",
    "FileNameCollectorPlugin",
    "HTMLExporter",
)


def execute(path):
    """Run a config as traitlets does, and return what it sets."""
    settings = SimpleNamespace(**{name: SimpleNamespace() for name in SECTIONS})
    code = compile(path.read_bytes(), str(path), "exec")
    exec(code, {"__file__": str(path), "get_config": lambda: settings})
    return settings


@pytest.fixture
def config(tmp_path):
    """The config alone in an empty folder; a test puts something beside it."""
    return Path(shutil.copy(CONFIG, tmp_path))


def test_a_folder_without_solutions_does_not_raise(config):
    assert execute(config).Autograde.exclude_overwriting == {}


def test_solutions_that_are_a_file_do_not_raise(config):
    (config.parent / "solutions").write_text("not a folder", encoding="utf-8")

    assert execute(config).Autograde.exclude_overwriting == {}


def test_solutions_that_cannot_be_read_do_not_raise(config, monkeypatch):
    def refuse(*_):
        raise PermissionError("no")

    monkeypatch.setattr(Path, "glob", refuse)

    settings = execute(config)

    assert settings.Autograde.exclude_overwriting == {}
    assert settings.Autograde.sanitize_preprocessors == ["kit.course.autograde.Rebuild"]


def test_a_student_keeps_every_python_file_of_every_assignment_of_the_kit(config):
    ours = ("a/one.py", "a/sub/two.py", "a/data.csv", "b/three.py")
    for name in (*ours, "a/assignment.toml", "b/assignment.toml", "ordinary/four.py"):
        path = config.parent / "solutions" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()

    kept = execute(config).Autograde.exclude_overwriting

    assert kept == {"a": ["one.py", str(Path("sub", "two.py"))], "b": ["three.py"]}


def test_only_the_standard_library_is_imported_outside_of_a_try():
    tree = ast.parse(CONFIG.read_text(encoding="utf-8"))
    nodes = [each for node in tree.body if not isinstance(node, ast.Try) for each in ast.walk(node)]
    names = {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    names |= {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}

    assert names
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


def test_a_python_without_the_kit_is_named_and_keeps_the_settings(monkeypatch, caplog):
    monkeypatch.setitem(sys.modules, "kit.course.adaptation", None)

    settings = execute(CONFIG)

    assert settings.Autograde.sanitize_preprocessors == ["kit.course.autograde.Rebuild"]
    assert "this Python cannot import it" in caplog.text


def test_solutions_are_stripped_first_and_leaks_are_looked_for_last():
    steps = execute(CONFIG).GenerateAssignment.preprocessors

    assert steps[0] == "kit.course.release.StripSolutions"
    assert steps[-1] == "kit.course.release.AssertNoLeak"


def test_nothing_that_nbgrader_ignores_by_itself_is_forgotten():
    ignored = execute(CONFIG).CourseDirectory.ignore

    assert {".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback"} < set(ignored)


def test_every_class_of_the_kit_that_is_named_exists():
    settings = execute(CONFIG)
    names = [
        *settings.GenerateAssignment.preprocessors,
        *settings.Autograde.sanitize_preprocessors,
        *settings.Autograde.autograde_preprocessors,
        settings.Autograde.exporter_class,
        settings.ExportApp.plugin_class,
        settings.GenerateFeedback.exporter_class,
    ]

    for name in names:
        module, _, attribute = name.rpartition(".")
        if module.startswith("kit."):
            tree = ast.parse(Path(importlib.util.find_spec(module).origin).read_text("utf-8"))
            assert attribute in {n.name for n in tree.body if isinstance(n, ast.ClassDef)}
