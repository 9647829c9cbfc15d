"""What a teacher adds to the notebook stays, where it is; the kit's own cells are replaced."""

import json
import logging

import pytest

from kit.course.kept import read_notebook
from kit.course.notebook import notebook_text
from kit.errors import UsageError
from kit.manifest import Exercise, Manifest

PLACES = {"activation:relu": "activations.py:ReLU"}
RELU, SIGMOID = Exercise("relu", "ReLU", PLACES), Exercise("sigmoid", "Sigmoid", PLACES)
MANIFEST = Manifest("A title", ("activations.py",), (RELU, SIGMOID))
POINTS = {"relu": 2.0, "sigmoid": 1.5}
OURS = ["about", "relu", "sigmoid", "activations_py"]


@pytest.fixture
def notebook():
    return json.loads(notebook_text(MANIFEST, POINTS))


def build(there, manifest=MANIFEST, points=POINTS):
    return json.loads(notebook_text(manifest, points, there))


def ids(notebook):
    return [cell["id"] for cell in notebook["cells"]]


def added(name, kind="markdown", **about):
    code = {"outputs": [], "execution_count": None} if kind == "code" else {}
    flags = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    metadata = {"nbgrader": {"grade_id": name, **flags, **about}} if about else {}
    return {"id": name, "cell_type": kind, "metadata": metadata, "source": f"# {name}", **code}


def find(notebook, name):
    return next(cell for cell in notebook["cells"] if cell["id"] == name)


def test_added_cells_and_questions_stay_where_they_are(notebook):
    question = added("essay", grade=True, solution=True, points=5)
    notebook["cells"][1:1] = [added("hint")]
    notebook["cells"].append(question)

    built = build(notebook)

    assert ids(built) == ["about", "hint", "relu", "sigmoid", "activations_py", "essay"]
    assert find(built, "essay") == question
    assert build(built) == built


def test_cells_of_the_kit_stay_where_they_were_moved_to(notebook):
    notebook["cells"].reverse()

    assert ids(build(notebook)) == OURS[::-1]


def test_an_edited_text_of_the_kit_stays_and_an_unedited_one_follows_the_manifest(notebook):
    renamed = Manifest("Another title", MANIFEST.files, MANIFEST.exercises)
    edited = build(notebook)
    edited["cells"][0]["source"] = ["# My course\n", "Read chapter 2."]

    assert find(build(notebook, renamed), "about")["source"][0] == "# Another title\n"
    again = build(build(edited, renamed))
    assert find(again, "about")["source"] == ["# My course\n", "Read chapter 2."]


def test_a_cell_of_the_kit_that_was_edited_run_or_marked_otherwise_is_as_before(notebook):
    clean = json.loads(json.dumps(notebook))
    relu = find(notebook, "relu")
    relu["source"], relu["execution_count"] = 'check("everything")', 7
    relu["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "15 of 15"}]
    relu["metadata"]["nbgrader"] |= {"points": 100, "locked": False}

    assert build(notebook) == clean


def test_an_exercise_that_is_new_comes_after_the_one_before_it_and_one_that_is_gone_goes(notebook):
    notebook["cells"].insert(2, added("hint"))
    tanh = Exercise("tanh", "Tanh", PLACES)

    built = build(notebook, Manifest("A title", MANIFEST.files, (RELU, tanh)), POINTS | {"tanh": 1})

    assert ids(built) == ["about", "relu", "tanh", "hint", "activations_py"]


def test_a_deleted_cell_of_the_kit_comes_back(notebook):
    notebook["cells"] = [added("hint")]

    assert ids(build(notebook)) == [*OURS, "hint"]


def test_a_notebook_of_before_the_marks_is_renewed_and_its_own_text_kept(notebook):
    for cell in notebook["cells"]:
        del cell["metadata"]["kit"]
    find(notebook, "about")["source"] = "# My course"

    built = build(notebook)

    assert ids(built) == OURS
    assert find(built, "about")["source"] == "# My course"


def test_a_copy_of_a_cell_that_a_teacher_has_edited_is_the_teachers(notebook):
    copy = json.loads(json.dumps(find(notebook, "about")))
    del copy["metadata"]["nbgrader"]
    notebook["cells"].append({**copy, "id": "copied", "source": "More about it."})

    built = build(notebook)

    assert find(built, "copied")["metadata"] == {}


def test_a_cell_without_an_id_gets_the_same_one_each_time(notebook):
    old = added("old")
    del old["id"]
    notebook["cells"] += [dict(old), dict(old), {**old, "id": "relu"}]
    notebook["nbformat_minor"] = 4

    built = build(notebook)

    assert len(set(ids(built))) == len(ids(built)) == 7
    assert built == build(json.loads(json.dumps(notebook)))
    assert built["nbformat_minor"] == 5


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (added("relu", grade=True, solution=True, points=1), "is called 'relu', as one of the"),
        (added("hint", solution=True), "two cells of the notebook are called 'hint'"),
    ],
)
def test_a_name_that_two_cells_have_is_refused(notebook, cell, message):
    notebook["cells"] += [cell, {**added("hint", solution=True), "id": "hint-2"}]

    with pytest.raises(UsageError, match=message):
        build(notebook)


def test_a_test_in_the_notebook_is_kept_and_the_teacher_is_warned(notebook, caplog):
    notebook["cells"].append(added("mine", "code", grade=True, locked=True, points=1))

    with caplog.at_level(logging.WARNING):
        built = build(notebook)

    assert ids(built)[-1] == "mine"
    assert "the cell 'mine' is a test, and the kit runs no code of a notebook" in caplog.text


def test_what_jupyter_writes_about_the_notebook_stays(notebook):
    notebook["metadata"]["language_info"] = {"name": "python", "version": "3.13.1"}
    notebook["metadata"]["authors"] = [{"name": "A teacher"}]

    assert build(notebook)["metadata"] == notebook["metadata"]


@pytest.mark.parametrize(
    "text",
    ["", '{"cells": [', "[]", "{}", '{"nbformat": 4, "cells": [1]}', '{"nbformat": 4, "cells": 1}'],
)
def test_a_damaged_notebook_is_named_and_never_written_over(tmp_path, text):
    path = tmp_path / "small.ipynb"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(UsageError, match=r"small\.ipynb is not a notebook"):
        read_notebook(path)


def test_a_notebook_of_an_old_format_is_named(tmp_path):
    path = tmp_path / "small.ipynb"
    path.write_text('{"nbformat": 3, "cells": []}', encoding="utf-8")

    with pytest.raises(UsageError, match="old format"):
        read_notebook(path)
