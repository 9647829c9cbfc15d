"""read_submission: takes the manifest's files from a folder or a zip file, whatever lies there."""

import os
import socket
import stat
import struct
import tempfile
import zipfile
import zlib
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kit.errors import UsageError
from kit.harness.submission import read_submission
from kit.harness.text import SIZE_LIMIT
from kit.manifest import Exercise, Manifest

FILES = ("a.py", "b.py")
MANIFEST = Manifest("Small", FILES, (Exercise("one", "One", {"activation:a": "a.py:A"}),))


@pytest.fixture
def folder(tmp_path):
    """A submission of two files, and of one that nobody asked for."""
    folder = tmp_path / "ada"
    folder.mkdir()
    (folder / "a.py").write_text("A = 1\n")
    (folder / "b.py").write_text("B = 2\n")
    (folder / "c.py").write_text("C = 3\n")
    return folder


@pytest.fixture
def pack(tmp_path):
    """Make a zip file of these entries, a name or a ZipInfo each with its text."""

    def pack(*entries, name="ada.zip", **options):
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", **options) as archive:
            for entry, text in entries:
                archive.writestr(entry, text)
        return path

    return pack


def read(path, name=None):
    return read_submission(path, MANIFEST, name)


def problem(path, file="a.py"):
    """What is wrong with one file, after a look at the other, which has to be taken."""
    submission = read(path)
    assert list(submission.problems) == [file]
    assert submission.files == {"b.py": b"B = 2\n"}
    return submission.problems[file]


# Folders


def test_a_folder_gives_the_files_of_the_manifest_and_no_other(folder):
    submission = read(folder)

    assert submission.name == "ada"
    assert submission.files == {"a.py": b"A = 1\n", "b.py": b"B = 2\n"}
    assert submission.problems == {}
    assert submission.sources() == {"a.py": "A = 1\n", "b.py": "B = 2\n"}


def test_a_name_may_be_given_and_else_is_the_folders_own(folder, monkeypatch):
    monkeypatch.chdir(folder)

    assert read(folder, "björk").name == "björk"
    assert read(folder / "..", None).name == folder.parent.name
    assert read(folder.relative_to(folder)).name == "ada"


def test_a_link_to_a_folder_is_a_folder(folder, tmp_path):
    (tmp_path / "link").symlink_to(folder)

    assert set(read(tmp_path / "link").files) == set(FILES)


def test_an_empty_folder_is_a_submission_without_files(tmp_path):
    submission = read(tmp_path)

    assert submission.files == {}
    assert submission.problems == {name: f"{name} was not handed in" for name in FILES}


def test_an_empty_file_is_a_file(folder):
    (folder / "a.py").write_bytes(b"")

    assert read(folder).files["a.py"] == b""


def test_a_link_is_not_followed(folder, tmp_path):
    (tmp_path / "secret").write_text("hidden")
    (folder / "a.py").unlink()
    (folder / "a.py").symlink_to(tmp_path / "secret")

    assert problem(folder) == "a.py is a link; send in the file itself"
    assert read(folder).obstacle == problem(folder)


def test_a_folder_in_the_place_of_a_file_is_refused(folder):
    (folder / "a.py").unlink()
    (folder / "a.py").mkdir()

    assert problem(folder) == "a.py is a folder, not a file"


def test_a_named_pipe_stops_nobody(folder):
    (folder / "a.py").unlink()
    os.mkfifo(folder / "a.py")

    assert problem(folder) == "a.py is not a file"


def test_a_socket_is_refused(folder):
    (folder / "a.py").unlink()
    with closing(socket.socket(socket.AF_UNIX)) as listener:
        listener.bind(str(folder / "a.py"))

        assert problem(folder) == "a.py is not a file"


@contextmanager
def not_root():
    """Be somebody else for a moment where root runs the tests: root may read everything."""
    user = os.geteuid()
    os.seteuid(user or 65534)
    try:
        yield
    finally:
        os.seteuid(user)


def test_a_file_that_may_not_be_read_is_refused():
    with tempfile.TemporaryDirectory() as name:  # tmp_path is closed to anybody else
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "b.py").write_text("B = 2\n")
        (folder / "a.py").write_text("A = 1\n")
        (folder / "a.py").chmod(0)

        with not_root():
            assert problem(folder) == "a.py cannot be read: Permission denied"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"x" * (SIZE_LIMIT + 1), "a.py is larger than 256 KiB"),
        (b"A = 1\0", "a.py is not UTF-8 text (byte 5); save it as UTF-8"),
        (b"#\n#\ncaf\xe9", "a.py is not UTF-8 text (byte 7); save it as UTF-8"),
        (b"caf\xe9", "a.py is not UTF-8 text (byte 3); save it as UTF-8"),
        ("A = 1".encode("utf-16"), "a.py is not UTF-8 text (byte 0); save it as UTF-8"),
        ("A = 1".encode("utf-16-le"), "a.py is not UTF-8 text (byte 1); save it as UTF-8"),
        (
            "# \N{CJK UNIFIED IDEOGRAPH-6FC0}".encode("gbk"),
            "a.py is not UTF-8 text (byte 2); save it as UTF-8",
        ),
        (b"#\n#\n\xed\xa0\x80", "a.py is not UTF-8 text (byte 4); save it as UTF-8"),
        (b"# coding: gbk\n", "a.py declares the encoding 'gbk'; save it as UTF-8"),
        (
            b"# coding: no-such\n",
            "a.py declares an encoding that Python does not know; save it as UTF-8",
        ),
        (b"# coding: cp1252\n#\x81", "a.py is not cp1252 text (byte 18); save it as UTF-8"),
    ],
)
def test_what_is_too_large_or_no_text_is_refused(folder, content, words):
    (folder / "a.py").write_bytes(content)

    assert problem(folder) == words


def test_a_file_of_just_the_limit_is_taken(folder):
    (folder / "a.py").write_bytes(b"#" * SIZE_LIMIT)

    assert len(read(folder).files["a.py"]) == SIZE_LIMIT


def test_a_byte_order_mark_is_no_part_of_the_text(folder):
    (folder / "a.py").write_bytes("\N{BYTE ORDER MARK}A = 'ö'\n".encode())

    assert read(folder).sources()["a.py"] == "A = 'ö'\n"


def test_a_file_may_declare_the_encoding_that_it_is_written_in(folder):
    (folder / "a.py").write_bytes("# coding: latin-1\nA = 'ö'\n".encode("latin-1"))

    assert read(folder).sources()["a.py"] == "# coding: latin-1\nA = 'ö'\n"


@pytest.mark.parametrize(
    "name", ["rot13", "zip", "hex", "idna", "punycode", "undefined", "no-such", "utf-16", "utf-7"]
)
def test_a_strange_encoding_is_read_or_refused_and_nothing_else(folder, name):
    (folder / "a.py").write_bytes(f"# coding: {name}\nA = '+AOT-'\n".encode())

    submission = read(folder)

    assert {*submission.sources(), *submission.problems} == set(FILES)


@pytest.mark.parametrize("name", ["missing", "ada.zip"])
def test_a_path_that_is_neither_a_folder_nor_a_zip_file_is_refused(tmp_path, name):
    with pytest.raises(UsageError, match=name):
        read(tmp_path / name)


def test_a_named_pipe_in_the_place_of_a_submission_is_refused(tmp_path):
    os.mkfifo(tmp_path / "ada")

    with pytest.raises(UsageError, match="there is no folder or zip file"):
        read(tmp_path / "ada")


# Zip files

GOOD = [("a.py", "A = 1\n"), ("b.py", "B = 2\n")]


def inside(*parts):
    return [("/".join([*parts, name]), text) for name, text in GOOD]


@pytest.mark.parametrize(
    "entries",
    [
        GOOD,
        inside("backprop"),
        inside("Björk Guðmundsdóttir"),
        [("backprop/", ""), *inside("backprop")],
        [*GOOD, ("__MACOSX/._a.py", "\0"), ("__MACOSX/a.py", "\0"), (".DS_Store", "\0")],
        [*inside("x"), ("__MACOSX/x/._a.py", "\0"), ("x/old/a.py", "older"), ("x/c.py", "C = 3")],
    ],
)
def test_a_zip_file_may_hold_the_files_or_one_folder_that_does(folder, pack, entries):
    submission = read(pack(*entries))

    assert submission == read(folder)


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_file_may_be_compressed_in_any_way(pack, method):
    assert set(read(pack(*GOOD, compression=method)).files) == set(FILES)


def test_a_zip_file_without_the_suffix_is_one(pack):
    submission = read(pack(*GOOD, name="upload"))

    assert (submission.name, set(submission.files)) == ("upload", set(FILES))


def test_an_empty_zip_file_is_a_submission_without_files(pack):
    assert read(pack()).problems == {name: f"{name} was not handed in" for name in FILES}


def test_the_plain_name_at_the_top_wins(folder, pack):
    assert read(pack(*GOOD, ("old/a.py", "A = 0"), ("A (1).py", "A = 3"))) == read(folder)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_entry_that_is_there_twice_is_refused(pack):
    told = "a.py is there 2 times (a.py and a.py); keep one, as a.py"

    assert problem(pack(*GOOD, ("a.py", "A = 0"))) == told


def test_a_link_in_a_zip_file_is_refused(pack):
    link = zipfile.ZipInfo("a.py")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16

    assert problem(pack((link, "/etc/passwd"), GOOD[1])).startswith("a.py is a link")


def test_a_folder_in_the_place_of_an_entry_was_not_handed_in(pack):
    assert problem(pack(("a.py/", ""), GOOD[1])).startswith("a.py was not handed in")


def test_an_entry_that_is_huge_when_unpacked_is_refused_without_unpacking_it(pack):
    bomb = b"\0" * (64 << 20)

    path = pack(("a.py", bomb), GOOD[1], compression=zipfile.ZIP_DEFLATED)

    assert problem(path) == "a.py is larger than 256 KiB"


def test_an_entry_that_is_encrypted_is_refused(pack):
    path = pack(*GOOD)
    data = bytearray(path.read_bytes())
    for signature, offset in [(b"PK\3\4", 6), (b"PK\1\2", 8)]:
        place = data.index(signature) + offset
        data[place] |= 1
    path.write_bytes(data)

    assert problem(path).startswith("a.py cannot be unpacked")
    assert "encrypted" in problem(path)


def test_an_entry_whose_compressed_bytes_are_damaged_is_refused(pack):
    path = pack(*GOOD, compression=zipfile.ZIP_DEFLATED)
    data = bytearray(path.read_bytes())
    start = data.index(b"a.py") + 4
    data[start] = 0xFF  # a deflate block of a type that there is not
    path.write_bytes(data)
    with pytest.raises(zlib.error):
        zlib.decompress(bytes(data[start : start + 8]), -15)

    assert problem(path).startswith("a.py cannot be unpacked")


def test_an_entry_of_an_unknown_compression_is_refused(pack):
    path = pack(*GOOD)
    data = bytearray(path.read_bytes())
    for signature, offset in [(b"PK\3\4", 8), (b"PK\1\2", 10)]:
        struct.pack_into("<H", data, data.index(signature) + offset, 97)
    path.write_bytes(data)

    assert problem(path).startswith("a.py cannot be unpacked")


@pytest.mark.parametrize("keep", [0, 1, 30, -1])
def test_a_zip_file_that_breaks_off_is_refused(pack, keep):
    path = pack(*GOOD)
    path.write_bytes(path.read_bytes()[:keep])

    submission = read(path)

    assert submission.files == {}
    assert submission.obstacle.startswith("ada.zip cannot be unpacked: ")


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 255)), min_size=1, max_size=6))
def test_a_zip_file_with_any_byte_changed_is_read_or_refused_and_nothing_else(pack, changes):
    path = pack(*inside("ö"), compression=zipfile.ZIP_DEFLATED)
    data = bytearray(path.read_bytes())
    for place, value in changes:
        data[place % len(data)] = value
    path.write_bytes(data)

    try:
        submission = read(path)
    except UsageError:
        return

    assert {*submission.files, *submission.problems} == set(FILES)


# The hash


def test_the_hash_knows_contents_and_not_the_student(folder, pack):
    assert read(folder).sha256 == read(pack(*GOOD), "somebody else").sha256


def test_the_hash_differs_where_a_content_does(folder):
    before = read(folder).sha256

    (folder / "a.py").write_text("A = 2\n")
    changed = read(folder).sha256
    (folder / "a.py").unlink()
    missing = read(folder).sha256
    (folder / "a.py").mkdir()
    refused = read(folder).sha256

    assert len({before, changed, missing, refused}) == 4


def test_the_hash_knows_which_file_holds_what(folder):
    before = read(folder).sha256

    (folder / "a.py").write_text("B = 2\n")
    (folder / "b.py").write_text("A = 1\n")

    assert read(folder).sha256 != before
