"""What is private is read by its owner alone, and by the group that shares a course."""

import os
import stat

import pytest

from kit.errors import UsageError
from kit.grading import private


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(autouse=True)
def usual_umask():
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_a_folder_and_its_files_are_their_owners(tmp_path):
    folder = private.private_folder(tmp_path / "records")
    private.write_private(folder / "one", b"1")
    private.append_private(folder / "two", b"2")

    assert [mode(path) for path in (folder, folder / "one", folder / "two")] == [
        *(0o700, 0o600, 0o600)
    ]


def test_a_shared_folder_stays_shared_and_so_does_what_is_made_in_it(tmp_path):
    folder = private.private_folder(tmp_path / "records", shared=True)
    inner = private.private_folder(private.private_folder(folder) / "students")
    private.write_private(inner / "one", b"1")
    private.append_private(inner / "two", b"2")

    assert (mode(folder), mode(inner)) == (0o2770, 0o2770)
    assert (mode(inner / "one"), mode(inner / "two")) == (0o660, 0o660)


def test_a_course_that_becomes_shared_or_private_takes_its_folder_along(tmp_path):
    folder = private.private_folder(tmp_path / "records")
    private.write_private(folder / "one", b"1")

    private.private_folder(folder, shared=True)
    assert (mode(folder), mode(folder / "one")) == (0o2770, 0o660)
    private.private_folder(folder, shared=False)
    assert mode(folder) == 0o700


def test_a_file_that_others_could_read_is_taken_away_from_them(tmp_path):
    path = tmp_path / "gradebook.db"
    path.touch(mode=0o644)

    private.restrict(path, shared=False)
    private.restrict(tmp_path / "nowhere", shared=False)

    assert mode(path) == 0o600
    private.restrict(path, shared=True)
    assert mode(path) == 0o660


def test_a_folder_of_another_user_is_named_with_what_to_do(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(1, "Operation not permitted")

    folder = tmp_path / "records"
    folder.mkdir(mode=0o755)
    monkeypatch.setattr("pathlib.Path.chmod", refuse)

    with pytest.raises(UsageError, match=r"another user's, so share the course with c\.Course"):
        private.private_folder(folder)
