"""read_manifest: what an `assignment.toml` may say, and how nonsense is refused."""

import dataclasses
import re
import tomllib

import pytest

from kit.errors import UsageError
from kit.manifest import read_manifest, without_void

GOOD = """
title = "Small"
files = ["activations.py", "layers.py"]

[[exercise]]
name = "relu"
title = "ReLU"
owns = { "activation:relu" = "activations.py:ReLU" }

[[exercise]]
name = "all"
title = "All together"
owns = { "layer:l" = "layers.py:L", "activation:relu" = "activations.py:ReLU", "layer:m" = "layers.py:M" }

[limits]
call_seconds = 0.5
"""


@pytest.fixture
def write(tmp_path):
    """Write a manifest; return its folder."""

    def write(content):
        content = content.encode() if isinstance(content, str) else content
        (tmp_path / "assignment.toml").write_bytes(content)
        return tmp_path

    return write


def refusal(folder):
    with pytest.raises(UsageError) as caught:
        read_manifest(folder)
    assert str(folder) in str(caught.value)
    return str(caught.value)


def test_a_manifest_says_what_is_graded_and_where_it_is(write):
    manifest = read_manifest(write(GOOD))

    assert manifest.title == "Small"
    assert manifest.files == ("activations.py", "layers.py")
    assert manifest.limits == {"call_seconds": 0.5}
    assert [exercise.name for exercise in manifest.exercises] == ["relu", "all"]
    assert manifest.exercise("relu").title == "ReLU"
    assert manifest.exercise("relu").owns == {"activation:relu": "activations.py:ReLU"}


def test_an_exercise_needs_each_of_its_files_once(write):
    manifest = read_manifest(write(GOOD))

    assert manifest.exercise("all").files == ("layers.py", "activations.py")


def test_limits_may_be_left_out(write):
    manifest = read_manifest(write(GOOD.partition("[limits]")[0]))

    assert manifest.limits == {}


def test_a_manifest_cannot_be_changed_once_it_is_read(write):
    manifest = read_manifest(write(GOOD))

    with pytest.raises(dataclasses.FrozenInstanceError):
        manifest.title = "Other"


def test_an_exercise_that_is_not_there_is_told_with_those_that_are(write):
    manifest = read_manifest(write(GOOD))

    with pytest.raises(UsageError, match=re.escape("'rely'; there are: relu, all")):
        manifest.exercise("rely")


def test_a_folder_without_a_manifest_is_no_assignment(tmp_path):
    assert "is not an assignment: it has no assignment.toml" in refusal(tmp_path)
    assert "is not an assignment" in refusal(tmp_path / "nowhere")


def test_a_folder_in_the_place_of_a_manifest_cannot_be_read(tmp_path):
    (tmp_path / "assignment.toml").mkdir()

    assert "cannot be read" in refusal(tmp_path)


def test_a_file_in_the_place_of_a_folder_cannot_be_read(tmp_path):
    (tmp_path / "file").write_text("")

    refusal(tmp_path / "file")


def changed(old, new):
    assert old in GOOD
    return GOOD.replace(old, new, 1)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (GOOD[:60], "cannot be read"),
        (b"\xff\xfe title", "cannot be read"),
        (b'title = "caf\xe9"', "cannot be read"),
        ("a = " + "[" * 5000, "cannot be read"),
        ("", "does not describe an assignment"),
        ("title = 'only'", "does not describe an assignment"),
        (changed('title = "Small"', ""), "title"),
        (changed('title = "Small"', "title = 5"), "title"),
        (changed('files = ["activations.py", "layers.py"]', ""), "files"),
        (changed('["activations.py", "layers.py"]', '"activations.py"'), "files"),
        (changed('"layers.py"]', "7]"), "files"),
        (changed('title = "Small"', 'titel = "Small"'), "unknown key 'titel'"),
        (changed('title = "ReLU"', ""), "an exercise has name, owns, title"),
        (changed('title = "ReLU"', 'title = "ReLU"\npoints = 5'), "points"),
        (changed('name = "relu"', "name = 5"), "name"),
        (changed('name = "relu"', 'name = ["relu"]'), "name"),
        (changed('name = "relu"', 'name = ""'), "name"),
        (changed('title = "ReLU"', "title = 5"), "title"),
        (changed('name = "relu"', 'name = "all"'), "two exercises have the same name"),
        (changed('"activations.py", ', ""), "relu needs activations.py"),
        (changed('{ "activation:relu" = "activations.py:ReLU" }', "3"), "owns"),
        (changed('{ "activation:relu" = "activations.py:ReLU" }', '["a:b"]'), "owns"),
        (changed('{ "activation:relu" = "activations.py:ReLU" }', "{}"), "owns"),
        (changed("activation:relu", "relu"), "kind:name"),
        (changed("activations.py:ReLU", "activations.py"), "file:Class"),
        (changed('"activations.py:ReLU"', '["a:b"]'), "file:Class"),
        (changed('"activations.py:ReLU"', "5"), "file:Class"),
        (GOOD.partition("[limits]")[0].replace("[[exercise]]", "[[exercises]]"), "unknown key"),
        ("title = 'x'\nfiles = []\nexercise = 5", "exercise"),
        ("title = 'x'\nfiles = []\nexercise = ['relu']", "exercise"),
        ("title = 'x'\nfiles = []\nexercise = []", "exercise"),
        ("title = 'x'\nfiles = []\n[exercise]", "exercise"),
        ("limits = 5\n" + GOOD.partition("[limits]")[0], "limits"),
    ],
)
def test_nonsense_is_refused_with_its_reason(write, content, reason):
    assert reason in refusal(write(content))


VOID = """
# after an appeal of ada
[[void]]
check = "test_one.py::test_it"
reason = "the sheet did not ask for it"
"""


def test_a_void_check_has_a_reason(write):
    assert read_manifest(write(GOOD + VOID)).void == {
        "test_one.py::test_it": "the sheet did not ask for it"
    }


def test_what_goes_out_to_students_names_no_void_check():
    between = without_void(GOOD.replace("[limits]", f"{VOID}\n[limits]"))

    assert without_void(GOOD + VOID) == without_void(GOOD) == GOOD
    assert tomllib.loads(between) == tomllib.loads(GOOD)
    assert "appeal" not in between


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[void]]\ncheck = "a"', "check and reason"),
        ('[[void]]\ncheck = "a"\nreason = ""', "`reason` is text"),
        ('[[void]]\ncheck = "a"\nreason = "b"\n' * 2, "names a twice"),
        ('[void]\n"a" = "b"', "check and reason"),
    ],
)
def test_a_void_check_that_is_not_told_so_is_refused(write, text, says):
    assert says in refusal(write(GOOD + text))


def test_a_void_check_of_another_form_is_not_released():
    inline = 'void = [{ check = "a", reason = "b" }]\n'

    with pytest.raises(UsageError, match="a table of its own"):
        without_void(inline + GOOD)
