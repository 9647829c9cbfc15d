"""Who had which Record, in the order of time: safe for every name, and for the owner alone."""

import json
import stat
from dataclasses import replace
from multiprocessing import get_context

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import UsageError
from kit.grading.ledger import Ledger, records_before
from kit.grading.record import Check, ExerciseResult, Record
from kit.grading.store import Store, key_of

NAMES = [
    "ada",
    "Ada",
    "o'neill, lena",
    'Müller, "Ada"\x1b[31m',
    "王小明",
    "a/b",
    "../../etc/passwd",
    ".",
    "..",
    ".hidden",
    "%41da",
    "line\nbreak",
    "x" * 5000,
    "not utf-8 \udcff",
    "",
]


@pytest.fixture
def ledger(tmp_path):
    return Ledger(tmp_path / "records")


def record_of(points=1.0, status="passed", **changed):
    check = Check("test_one.py::test_it", "it", points, 2.0, status, "value")
    whole = Record(
        assignment="tiny",
        submission={"sha256": "abc"},
        exercises=(ExerciseResult("one", "One", (check,)),),
        suite="sha256:suite",
        seed="sha256:seed",
        sandbox={"level": "L2", "broken": []},
        versions={"kit": "0.1.0", "numpy": "2.4.6", "python": "3.11.7"},
        seconds=0.2,
    )
    return replace(whole, **changed)


def test_every_name_has_a_file_of_its_own_below_the_folder(ledger, tmp_path):
    for name in NAMES:
        ledger.remember(name, record_of())

    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == len(NAMES)
    assert {path.parent for path in files} == {tmp_path / "records/students"}
    assert ledger.students() == sorted(NAMES)


@given(one=st.text(), other=st.text())
def test_two_names_never_share_a_file(tmp_path_factory, one, other):
    ledger = Ledger(tmp_path_factory.getbasetemp() / "records")

    same = str(ledger.file_of(one)).casefold() == str(ledger.file_of(other)).casefold()

    assert same == (one == other)
    assert len(ledger.file_of(one).name.encode()) < 256


def test_the_owner_alone_can_read(ledger):
    ledger.remember("ada", record_of())

    assert stat.S_IMODE(ledger.file_of("ada").stat().st_mode) == 0o600
    assert stat.S_IMODE(ledger.file_of("ada").parent.stat().st_mode) == 0o700


def test_what_a_student_had_is_kept_in_the_order_of_time(ledger):
    for suite, score in (("first", 1.0), ("second", 2.0), ("first", 1.0)):
        ledger.remember("ada", record_of(score, suite=suite))

    entries = ledger.entries("ada")
    assert [entry.score for entry in entries] == [1.0, 2.0, 1.0]
    assert [entry.time for entry in entries] == sorted(entry.time for entry in entries)
    assert entries[0].record == key_of(record_of(suite="first"))
    assert entries[0].submission == "abc"


def test_the_record_that_a_student_has_already_is_no_news(ledger):
    for _ in range(3):
        ledger.remember("ada", record_of())
        ledger.remember("ada", record_of(assignment="other", suite="other"))

    assert [entry.assignment for entry in ledger.entries("ada")] == ["tiny", "other"]


def test_a_line_that_a_crash_has_cut_costs_nothing_else(ledger):
    ledger.remember("ada", record_of(suite="first"))
    path = ledger.file_of("ada")
    path.write_bytes(path.read_bytes() + path.read_bytes()[:40])

    ledger.remember("ada", record_of(suite="second"))

    expected = [key_of(record_of(suite=suite)) for suite in ("first", "second")]
    assert [entry.record for entry in ledger.entries("ada")] == expected


@pytest.mark.parametrize("line", [b"7", b"[]", b"{}", b"\xff", b'{"student": "ada"}'])
def test_a_line_that_is_none_is_skipped(ledger, line):
    ledger.remember("ada", record_of())
    path = ledger.file_of("ada")
    path.write_bytes(path.read_bytes() + b"\n" + line)

    assert len(ledger.entries("ada")) == 1


def remember_many(folder, first):
    ledger = Ledger(folder)
    for number in range(first, first + 50):
        ledger.remember("ada", record_of(suite=str(number)))


@pytest.mark.slow
def test_two_processes_write_and_no_line_is_lost(ledger, tmp_path):
    spawn = get_context("fork")
    writers = [
        spawn.Process(target=remember_many, args=(tmp_path / "records", first))
        for first in (0, 1000)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert len(ledger.entries("ada")) == 100


def test_a_link_in_the_place_of_a_students_file_is_not_followed(ledger, tmp_path):
    (tmp_path / "elsewhere").write_text("", encoding="utf-8")
    ledger.file_of("ada").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(UsageError, match=r"ada-.* cannot be written to"):
        ledger.remember("ada", record_of())
    assert (tmp_path / "elsewhere").read_text(encoding="utf-8") == ""


def test_everybodys_last_record_of_an_assignment_is_found_again(tmp_path):
    ledger, store = Ledger(tmp_path / "records"), Store(tmp_path / "records")
    for student, record in {
        "ada": record_of(),
        "björk": record_of(0.0, status="timeout"),
        "other": record_of(assignment="other", suite="other"),
    }.items():
        ledger.remember(student, record)
        store.put(record)
    ledger.remember("lost", record_of(suite="deleted by hand"))

    found = records_before(tmp_path, "tiny")

    assert {student: record.score for student, record in found.items()} == {"ada": 1, "björk": 0}


def test_an_entry_is_one_line_of_json(ledger):
    ledger.remember('Müller, "Ada"\n', record_of())

    (line,) = ledger.file_of('Müller, "Ada"\n').read_text("ascii").strip().splitlines()
    assert json.loads(line)["student"] == 'Müller, "Ada"\n'
