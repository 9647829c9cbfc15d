"""Reading a zoo: what an entry is made of, and what is said where one is not whole."""

import pytest

from kit.errors import UsageError
from kit.grading.reference import read_reference
from kit.selftest.collection import collect_entries
from kit.selftest.hostile import read_hostile
from kit.selftest.zoo import read_notes, read_zoo, zoo_folder


def write(assignment, name, text):
    path = zoo_folder(assignment) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_an_entry_is_the_solution_with_its_own_files(small, solution):
    wrong, right = read_zoo(small, solution)

    assert (wrong.name, wrong.kind, wrong.exercises) == ("wrong/squared", "wrong", ("double",))
    assert (wrong.misconception, wrong.concerns) == ("power-for-product", ("double",))
    assert b"x**2" in wrong.submission.files["double.py"]
    assert (right.name, right.kind, right.exercises) == ("right/sum", "right", ())


def test_an_assignment_without_a_zoo_has_no_entries_and_no_notes(small, solution):
    zoo_folder(small).rename(small.course / "elsewhere")

    assert list(read_zoo(small, solution)) == []
    assert read_notes(small).equivalent == {}


def test_an_entry_that_cannot_be_decoded_is_handed_in_as_such(small, solution):
    (zoo_folder(small) / "wrong/squared/double.py").write_bytes(b"\xff")

    wrong, _ = read_zoo(small, solution)

    assert wrong.submission.files == {}
    assert "double.py is not UTF-8 text" in wrong.submission.problems["double.py"]


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("wrong/new/double.py", "", "is no entry of a zoo: it has no verdict.toml"),
        ("wrong/squared/verdict.toml", "note = 3 3", "cannot be read: "),
        ("wrong/squared/verdict.toml", "note = ''", "has note, not exercise, misconception, note"),
        ("right/sum/verdict.toml", "nota = ''", "has nota, not note"),
        (
            "wrong/squared/verdict.toml",
            "misconception = 'a'\nexercise = 'doble'\nnote = ''",
            "no exercise is called 'doble'; there are: double",
        ),
        ("wrong/squared/duoble.py", "", "squared/duoble.py is no file of the assignment"),
    ],
)
def test_an_entry_that_is_not_whole_is_told(small, solution, file, text, told):
    write(small, file, text)

    with pytest.raises(UsageError, match=told):
        list(read_zoo(small, solution))


def test_an_entry_without_a_file_is_told(small, solution):
    (zoo_folder(small) / "right/sum/double.py").unlink()

    with pytest.raises(UsageError, match="right/sum has no file that differs from the solution"):
        list(read_zoo(small, solution))


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("equivalent.toml", '"a mutant" = ""', "equivalent.toml: each line is a name and a reason"),
        ("equivalent.toml", "a mutant", "equivalent.toml cannot be read"),
        (
            "checks.toml",
            "[stay]\n",
            r"checks.toml: there is no \[stay\]; there are \[stays\], \[coarse\] and \[green\]",
        ),
        ("checks.toml", "stays = 'all'\n", "checks.toml: each line is a name and a reason"),
    ],
)
def test_a_note_without_a_reason_is_told(small, file, text, told):
    write(small, file, text)

    with pytest.raises(UsageError, match=told):
        read_notes(small)


def test_a_hostile_entry_is_filled_in_and_has_a_level(small, solution):
    (entry,) = read_hostile(small, solution, "L3")

    assert (entry.kind, entry.scores) == ("hostile", {"double": 0})
    text = entry.submission.files["double.py"].decode()
    assert text.startswith("import os\nos._exit(0)\n")
    assert "return 2.0 * x" in text
    assert list(read_hostile(small, solution, "L1")) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('level = ["L3"]', "`scores` names every exercise: double"),
        ("scores = { double = 0, treble = 0 }", "`scores` names every exercise: double"),
        ("scores = { double = 0 }", "`level` is a list"),
    ],
)
def test_a_hostile_entry_that_is_not_whole_is_told(small, solution, text, told):
    write(small, "hostile/leaves/verdict.toml", text)

    with pytest.raises(UsageError, match=told):
        list(read_hostile(small, solution, "L3"))


def test_a_mutant_that_is_struck_out_is_an_entry_that_has_to_be_accepted(small, solution):
    entries, notes = collect_entries(small, solution, "L3")

    struck_out = {entry.name for entry in entries if entry.kind == "equivalent"}
    assert struck_out == set(notes.equivalent)
    assert [entry.name for entry in entries[:3]] == ["reference", "stub", "wrong/squared"]


def test_an_assignment_that_was_not_released_has_no_stub(small, solution):
    (small.course / "assignments/small").rename(small.course / "elsewhere")

    with pytest.raises(UsageError, match="small has not been released: run kit build small"):
        collect_entries(small, solution, "L3")


def test_a_solution_with_a_missing_file_is_told(small):
    (small.solution / "double.py").unlink()

    with pytest.raises(
        UsageError, match=r"the solution is not whole: double\.py was not handed in"
    ):
        read_reference(small)


def test_a_solution_that_is_no_python_is_told(small):
    (small.solution / "double.py").write_text("class Double(")

    with pytest.raises(UsageError, match=r"the solution's double\.py is no Python: "):
        collect_entries(small, read_reference(small), "L3")
