"""A release takes the place of the old one, or the old one stays."""

import shutil
from pathlib import Path

import pytest

from kit.course import build as module
from kit.errors import UsageError
from kit.grading.assignment import Assignment


@pytest.fixture
def target(tmp_path):
    """An old release."""
    folder = tmp_path / "assignments" / "backprop"
    folder.mkdir(parents=True)
    (folder / "layers.py").write_text("old", encoding="utf-8")
    return folder


@pytest.fixture
def new(tmp_path):
    """What nbgrader has made, in a folder of its own."""
    folder = tmp_path / "assignments" / ".build-1" / "backprop"
    folder.mkdir(parents=True)
    (folder / "layers.py").write_text("new", encoding="utf-8")
    return folder


def releases(target):
    return {
        path.name: (path / "layers.py").read_text("utf-8") for path in target.parent.glob("*b*p*")
    }


def interrupt_rename(monkeypatch, number):
    """Press Ctrl-C at the rename of that number."""
    rename, calls = Path.rename, []

    def interrupted(path, to):
        calls.append(path)
        if len(calls) == number:
            raise KeyboardInterrupt
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", interrupted)


def test_a_new_release_takes_the_place_of_the_old_one(new, target):
    module._swap(new, target)

    assert releases(target) == {"backprop": "new"}


def test_a_first_release_needs_no_old_one(new, target):
    shutil.rmtree(target)

    module._swap(new, target)

    assert releases(target) == {"backprop": "new"}


@pytest.mark.parametrize("number", [1, 2])
def test_ctrl_c_between_the_renames_keeps_the_old_release(new, target, monkeypatch, number):
    interrupt_rename(monkeypatch, number)

    with pytest.raises(KeyboardInterrupt):
        module._swap(new, target)

    assert releases(target) == {"backprop": "old"}


def test_a_build_that_was_killed_between_the_renames_is_repaired_by_the_next(
    new, target, monkeypatch
):
    target.rename(target.with_name(".backprop.old"))
    interrupt_rename(monkeypatch, 3)

    with pytest.raises(KeyboardInterrupt):
        module._swap(new, target)

    assert releases(target) == {"backprop": "old"}


def test_what_a_killed_build_forgot_to_delete_is_deleted(new, target):
    shutil.copytree(target, target.with_name(".backprop.old"))

    module._swap(new, target)

    assert [path.name for path in target.parent.iterdir()] == [".build-1", "backprop"]


def test_a_stale_notebook_is_written_and_a_fresh_one_is_left_alone(course):
    assignment = Assignment.load(course, "backprop")
    points = {exercise.name: 1.0 for exercise in assignment.manifest.exercises}
    notebook = assignment.solution / "backprop.ipynb"

    module.refresh_notebook(assignment, points)
    written = notebook.stat()
    module.refresh_notebook(assignment, points)

    assert b'"points": 1.0' in notebook.read_bytes()
    assert notebook.stat().st_ino == written.st_ino
    assert not list(assignment.solution.glob(".*.new"))


def test_an_assignment_that_is_not_there_is_named_with_those_that_are(course):
    with pytest.raises(UsageError, match=r"no assignment is called 'backpro' .* backprop"):
        module.build(course, "backpro")
