"""An export is a table for any program: no name shifts a column, none is a formula."""

import csv
import os
import stat

import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import ExportApp

from kit.course.export import COLUMNS, CsvExport
from kit.course.grade import grade

NAMES = {
    "ada": ("Lovelace, Countess", 'Ada "the first"'),
    "eve": ("=1+2", "+1"),
    "=cmd": ("@sum", "\t-1"),
    "zoë": ("\uff1d1", " =1"),
    "bob": ("O-Neill", "two\nlines"),
}


@pytest.fixture
def export(small_course, monkeypatch):
    """Run `nbgrader export` in the course, and return the lines as a program reads them."""
    monkeypatch.chdir(small_course)
    with Gradebook(f"sqlite:///{small_course / 'gradebook.db'}") as gradebook:
        for student, (last, first) in NAMES.items():
            gradebook.add_student(student, last_name=last, first_name=first)

    def run(*arguments, to="grades.csv"):
        application = ExportApp()
        application.initialize([*arguments], root=str(small_course))
        assert application.plugin_class is CsvExport
        application.start()
        ExportApp.clear_instance()
        if to is None:
            return None
        with (small_course / to).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    return run


def test_a_comma_a_quote_and_a_new_line_in_a_name_shift_no_column(export):
    rows = {row["student_id"]: row for row in export()}

    assert tuple(rows["ada"]) == COLUMNS
    assert (rows["ada"]["last_name"], rows["ada"]["first_name"]) == NAMES["ada"]
    assert (rows["bob"]["last_name"], rows["bob"]["first_name"]) == NAMES["bob"]
    assert {row["max_score"] for row in rows.values()} == {"3.0"}


def test_a_text_that_begins_as_a_formula_is_a_text_to_a_spreadsheet(export):
    rows = {row["student_id"]: row for row in export()}

    names = ("last_name", "first_name")
    assert [rows["eve"][name] for name in names] == ["'=1+2", "'+1"]
    assert [rows["'=cmd"][name] for name in names] == ["'@sum", "'\t-1"]
    assert [rows["zoë"][name] for name in names] == ["'\uff1d1", "' =1"]


def test_an_export_holds_marks_and_what_being_late_costs(export, small_course, submit):
    submit("ada", "points = 2", timestamp="2026-01-02 00:00:00 UTC")
    with (small_course / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write("\nc.LateSubmissionPlugin.penalty_method = 'zero'\n")
    grade(small_course, "small")

    rows = {row["student_id"]: row for row in export("--to=marks.csv", to="marks.csv")}

    marks = ("raw_score", "late_submission_penalty", "score")
    assert [rows["ada"][name] for name in marks] == ["2.0", "2.0", "0.0"]
    assert [rows["bob"][name] for name in marks] == ["0.0", "0.0", "0.0"]
    assert rows["ada"]["timestamp"] == "2026-01-02 00:00:00"


def test_an_export_is_for_its_owner_and_replaces_the_old_one_whole(export, small_course):
    (small_course / "grades.csv").write_text("old", encoding="utf-8")
    old = (small_course / "grades.csv").stat().st_ino

    assert len(export("--student=ada")) == 1
    assert (small_course / "grades.csv").stat().st_ino != old
    assert stat.S_IMODE((small_course / "grades.csv").stat().st_mode) == 0o600
    assert not list(small_course.glob(".tmp*"))


def test_an_export_to_a_pipe_goes_into_the_pipe(export, small_course):
    os.mkfifo(small_course / "pipe")
    reader = os.open(small_course / "pipe", os.O_RDONLY | os.O_NONBLOCK)

    export("--to=pipe", to=None)

    text = os.read(reader, 100_000).decode()
    os.close(reader)
    assert text.startswith('"assignment"')
    assert (small_course / "pipe").is_fifo()


def test_an_export_into_a_folder_that_is_not_there_says_so_in_one_line(export, capfd):
    with pytest.raises(SystemExit):
        export("--to=nowhere/grades.csv")

    assert (
        "nowhere/grades.csv cannot be written: No such file or directory" in capfd.readouterr().err
    )
