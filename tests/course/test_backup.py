"""Before the gradebook is written it is backed up, and only the newest backups are kept."""

import sqlite3
from contextlib import closing

import pytest

from kit.course import backup as module
from kit.course.grade import grade
from kit.errors import GradingError


def backups(course):
    return sorted(course.glob("gradebook.db.backup-*"))


def test_a_new_gradebook_is_not_backed_up(small_course, submit):
    submit("ada", "points = 1")

    grade(small_course, "small")

    assert backups(small_course) == []


def test_a_backup_is_the_gradebook_as_it_was_and_its_owners_alone(small_course, submit):
    submit("ada", "points = 1")
    grade(small_course, "small")
    submit("ada", "points = 2")
    with closing(sqlite3.connect(small_course / "gradebook.db")) as database:
        before = list(database.iterdump())

    grade(small_course, "small")

    (backup,) = backups(small_course)
    assert backup.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(backup)) as database:
        assert list(database.iterdump()) == before


def test_the_newest_backups_are_kept_and_no_other_file_is_touched(small_course, submit):
    submit("ada", "points = 1")
    mine = small_course / "gradebook.db.backup-before-the-exam"
    mine.write_text("", encoding="utf-8")
    seen = []
    for _ in range(module.KEPT + 3):
        grade(small_course, "small")
        seen = sorted({*seen, *backups(small_course)} - {mine})

    assert backups(small_course) == sorted([*seen[-module.KEPT :], mine])
    assert len(seen) == module.KEPT + 2


def test_what_cannot_be_backed_up_is_not_written(small_course, submit, marks, monkeypatch):
    submit("ada", "points = 1")
    grade(small_course, "small")
    submit("ada", "points = 2")

    def fail(*_):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(module, "_copy_file", fail)

    with pytest.raises(GradingError, match=r"cannot be backed up, so nothing was changed: .* full"):
        grade(small_course, "small")
    assert marks("ada") == (1.0, False)
    assert not list(small_course.glob("*backup*")) + list(small_course.glob(".*backup*"))
