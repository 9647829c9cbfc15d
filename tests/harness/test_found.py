"""A file that is not at its plain place: found where there is one, else named with what to do."""

import io
import os
import zipfile

import pytest

from kit.harness.submission import read_submission
from kit.manifest import Exercise, Manifest

A, B = b"A = 1\n", b"B = 2\n"
MANIFEST = Manifest(
    "Small", ("a.py", "b.py"), (Exercise("one", "One", {"activation:a": "a.py:A"}),)
)


def zipped(files):
    """The bytes of a zip file that holds these."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


@pytest.fixture(params=["folder", "zip", "zip made on Windows"])
def read(request, tmp_path):
    """Read a submission of these files, from a folder or from a zip file."""

    def read(files):
        path = tmp_path / "ada"
        if request.param == "folder":
            for name, content in files.items():
                (path / name).parent.mkdir(parents=True, exist_ok=True)
                (path / name).write_bytes(content)
        else:
            separator = "\\" if "Windows" in request.param else "/"
            path = tmp_path / "ada.zip"
            path.write_bytes(zipped({k.replace("/", separator): v for k, v in files.items()}))
        return read_submission(path, MANIFEST)

    return read


@pytest.mark.parametrize(
    "name",
    [
        *("A.py", "a.PY", "a (1).py", "a(1).py", "a (12).py", "a - Copy.py", "a - Copy (2).py"),
        *("a copy.py", "a copy 2.py", "a 2.py", "a-1.py", "Copy of a.py", "a - Kopie.py", " a.py"),
        *("a.py.txt", "a.py.py", "A (1).py.txt", "a .py", "\N{FULLWIDTH LATIN SMALL LETTER A}.py"),
        *("src/a.py", "backprop/src/a.py", "backprop/A (1).py"),
    ],
)
def test_the_only_file_that_may_be_meant_is_taken_and_its_path_is_known(read, name):
    submission = read({name: A, "b.py": B, "notes.txt": b"", "data/more.csv": b""})

    assert submission.files == {"a.py": A, "b.py": B}
    assert submission.found == {"a.py": name}
    assert submission.about["found"] == f"a.py is {name}"
    assert submission.obstacle == ""


@pytest.mark.parametrize(
    "name",
    [
        *("__MACOSX/a.py", "__MACOSX/._a.py", "._a.py", ".ipynb_checkpoints/a.py"),
        *("__pycache__/a.py", ".venv/lib/a.py", "venv/a.py", "x/__pycache__/a.py", ".a.py"),
        *("a2.py", "aa.py", "a.pyc", "a.txt", "a.py.bak", "test_a.py", "a_old.py", "a.ipynb"),
    ],
)
def test_what_was_left_behind_or_has_another_name_is_not_taken(read, name):
    submission = read({name: A, "b.py": B})

    assert submission.files == {"b.py": B}
    assert submission.problems["a.py"].startswith("a.py was not handed in")
    assert submission.obstacle == ""


@pytest.mark.parametrize(
    "others", [["old/a.py"], ["a (1).py"], ["A.py.txt", "x/y/a.py"], ["a - Copy.py", "b (1).py"]]
)
def test_the_plain_name_at_the_top_wins(read, others):
    submission = read({"a.py": A, "b.py": B} | dict.fromkeys(others, b"older"))

    assert submission.files == {"a.py": A, "b.py": B}
    assert submission.found == {}


def test_the_top_is_the_folder_that_holds_all(read):
    files = {"backprop/a.py": A, "backprop/b.py": B, "backprop/old/a.py": b"older", "readme": b""}

    submission = read(files)

    assert submission.files == {"a.py": A, "b.py": B}
    assert submission.found == {"a.py": "backprop/a.py", "b.py": "backprop/b.py"}


@pytest.mark.parametrize(
    ("first", "second"),
    [("backprop/a.py", "old/a.py"), ("a (1).py", "a (2).py"), ("A.py", "x/a.py")],
)
def test_of_two_that_differ_none_is_taken_and_both_are_named(read, first, second):
    submission = read({first: A, second: b"older", "b.py": B})

    assert submission.files == {"b.py": B}
    for word in (first, second, "keep one, as a.py"):
        assert word in submission.problems["a.py"]


def test_two_that_are_the_same_are_no_choice(read):
    submission = read({"a (1).py": A, "x/a.py": A, "b.py": B})

    assert submission.files == {"a.py": A, "b.py": B}
    assert submission.found == {"a.py": "a (1).py"}


def test_a_file_that_lies_too_deep_or_is_misspelt_is_named(read):
    submission = read({"v/w/x/a.py": A, "b.py": B})

    assert submission.problems == {
        "a.py": "a.py was not handed in; v/w/x/a.py lies too deep: put it at the top"
    }


def test_a_misspelt_name_is_named(tmp_path):
    (tmp_path / "activaions.py").write_bytes(A)

    manifest = Manifest("", ("activations.py",), ())

    assert read_submission(tmp_path, manifest).problems["activations.py"] == (
        "activations.py was not handed in; if it is activaions.py, rename it"
    )


@pytest.mark.parametrize(
    "inner",
    [
        {"a.py": A},
        {"backprop/a.py": A, "__MACOSX/backprop/._a.py": b"x"},
        {"backprop\\a.py": A},
        {"again.zip": zipped({"x/a (1).py": A})},
    ],
)
def test_a_zip_file_inside_is_looked_into(read, inner):
    submission = read({"work/hand in.ZIP": zipped(inner), "b.py": B})

    assert submission.files == {"a.py": A, "b.py": B}
    assert submission.found["a.py"].startswith("work/hand in.ZIP/")


def test_a_zip_file_beside_the_files_is_not_looked_into(read):
    submission = read({"a.py": A, "b.py": B, "old.zip": zipped({"a.py": b"older"}), "c.zip": b"-"})

    assert submission.files == {"a.py": A, "b.py": B}
    assert submission.obstacle == ""


def test_a_zip_file_that_may_hold_the_file_and_is_damaged_stops_the_grading_of_it(read):
    submission = read({"work.zip": zipped({"a.py": A})[:40], "b.py": B})

    assert submission.obstacle.startswith("work.zip cannot be unpacked: ")
    assert submission.problems == {"a.py": submission.obstacle}


def test_zip_files_are_looked_into_two_deep(read):
    inner = {"1.zip": zipped({"2.zip": zipped({"3.zip": zipped({"a.py": A})})}), "b.py": B}

    assert read(inner).problems == {"a.py": "a.py was not handed in"}


def test_what_unpacks_to_a_huge_archive_is_not_unpacked(read):
    inner = zipped({"a.py": A, "b": os.urandom(1 << 10) * 40_000})

    submission = read({"bomb.zip": inner + b"\0" * (40 << 20), "b.py": B})

    assert submission.obstacle == "bomb.zip is larger than 32 MiB"


def test_an_archive_with_a_list_of_entries_that_is_huge_is_not_read(tmp_path):
    content = bytearray(zipped({"a.py": A}))
    end = content.rindex(b"PK\5\6")
    content[end + 12 : end + 16] = (1 << 30).to_bytes(4, "little")
    (tmp_path / "ada.zip").write_bytes(content)

    submission = read_submission(tmp_path / "ada.zip", MANIFEST)

    assert submission.obstacle == "ada.zip cannot be unpacked: it holds too many entries"


def test_what_lies_there_instead_is_known_where_nothing_was_found(read):
    submission = read({"main.py": A, "work/notes.ipynb": b"{}", ".DS_Store": b""})

    assert submission.is_misplaced
    assert set(submission.others) == {"main.py", "work/notes.ipynb"}


@pytest.mark.parametrize("name", ["a.py", "work", "hand in.zip", "A (1).py"])
def test_a_link_that_may_hold_the_file_stops_the_grading(tmp_path, name):
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada/b.py").write_bytes(B)
    (tmp_path / "ada" / name).symlink_to(tmp_path)

    submission = read_submission(tmp_path / "ada", MANIFEST)

    assert submission.obstacle == f"{name} is a link; send in the file itself"


def test_a_link_beside_the_files_is_no_obstacle(tmp_path):
    for name, content in {"a.py": A, "b.py": B}.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "work").symlink_to(tmp_path)

    assert read_submission(tmp_path, MANIFEST).files == {"a.py": A, "b.py": B}
