"""Records by content: found again, never half there, never with a name, and for the owner alone."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from dataclasses import fields, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kit.errors import UsageError
from kit.grading.assignment import Assignment
from kit.grading.record import Check, ExerciseResult, Record
from kit.grading.store import Store, key_of
from kit.grading.versions import VERSIONS
from kit.harness.submission import Submission

ADA = Submission("Ada", {"one.py": b"x = 1"})

points = st.floats(0, 100).map(lambda value: round(value, 2))
checks = st.builds(
    Check,
    **{field.name: ... for field in fields(Check)} | {"points": points, "max_points": points},
)
exercises = st.builds(ExerciseResult, st.text(), st.text(), st.lists(checks, max_size=4).map(tuple))
texts = st.dictionaries(st.text(), st.text(), max_size=3)
records = st.builds(
    Record,
    assignment=st.text(),
    submission=texts,
    exercises=st.lists(exercises, max_size=3).map(tuple),
    suite=st.text(),
    seed=st.text(),
    sandbox=st.builds(lambda broken: {"level": "L2", "broken": broken}, st.lists(st.text())),
    versions=texts,
    seconds=st.floats(0, 1e6),
)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "records")


def record_of(submission=ADA, status="passed", **changed):
    check = Check("test_one.py::test_it", "it", 2.0, 2.0, status, "value")
    whole = Record(
        assignment="tiny",
        submission={"name": submission.name, "sha256": submission.sha256},
        exercises=(ExerciseResult("one", "One", (check,)),),
        suite="sha256:suite",
        seed="sha256:seed",
        sandbox={"level": "L2", "broken": []},
        versions=VERSIONS,
        seconds=0.2,
    )
    return replace(whole, **changed)


def stored_files(store):
    return [path for path in store._folder.rglob("*") if path.is_file()]


@given(record=records)
def test_a_record_survives_json(record):
    assert Record.from_json(json.loads(json.dumps(record.to_json()))) == record


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(record=records, content=st.binary())
def test_a_record_survives_the_store_without_its_name(store, record, content):
    submission = Submission("Ada", {"one.py": content})
    about = {"name": "Ada", "sha256": submission.sha256}
    record = replace(record, submission=about, versions=VERSIONS)

    store.put(record)

    stored = store.read(key_of(record))
    assert stored == replace(record, submission={"sha256": submission.sha256})


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"schema": "kit/record/2"}, "this is no kit/record/1: its schema is 'kit/record/2'"),
        ({"suite": 7}, "is damaged: suite is 7"),
        ({"exercises": None}, "is damaged: .*not iterable"),
        ({"sandbox": "L3"}, "is damaged: 'str' object is not a mapping"),
        ({"versions": {"kit": 1}}, "is damaged: kit is 1"),
        ({"seconds": float("nan")}, "is damaged: seconds is nan"),
        ({"seconds": 10**400}, "is damaged: int too large"),
        ({"score": 90}, "is damaged: its checks give 2 points and it says 90"),
    ],
)
def test_what_is_no_record_of_ours_is_refused(change, says):
    with pytest.raises(UsageError, match=says):
        Record.from_json(record_of().to_json() | change)


@pytest.mark.parametrize("table", [None, [], "kit/record/1", {}])
def test_what_is_no_record_at_all_is_refused(table):
    with pytest.raises(UsageError, match="this is no kit/record/1: its schema is None"):
        Record.from_json(table)


@pytest.mark.parametrize("field", sorted(record_of().to_json().keys() - {"schema", "max_score"}))
def test_a_record_without_one_of_its_fields_is_not_whole(field):
    table = record_of().to_json()
    del table[field]

    with pytest.raises(UsageError, match=f"is not whole: '{field}' is missing"):
        Record.from_json(table)


def test_a_status_that_nobody_knows_is_refused():
    table = record_of().to_json()
    table["exercises"][0]["checks"][0]["status"] = "fine"

    with pytest.raises(UsageError, match="is damaged: status is 'fine'"):
        Record.from_json(table)


def test_whoever_asks_gets_the_record_in_their_own_name(store):
    store.put(record_of())

    found = store.get(replace(ADA, name="Björk"), "sha256:suite", "L2")

    assert found == record_of(submission=replace(ADA, name="Björk"))


def test_nothing_in_the_store_tells_the_name(store):
    store.put(record_of())

    (path,) = stored_files(store)
    assert path.stem == key_of(record_of())
    assert b"Ada" not in path.read_bytes()


def test_another_submission_suite_or_level_is_another_record(store):
    store.put(record_of())

    assert store.get(Submission("Ada", {"one.py": b"x = 2"}), "sha256:suite", "L2") is None
    assert store.get(Submission("Ada", {}, {"one.py": "is missing"}), "sha256:suite", "L2") is None
    assert store.get(ADA, "sha256:other", "L2") is None
    assert store.get(ADA, "sha256:suite", "L3") is None


@pytest.mark.parametrize(
    ("package", "version"), [("numpy", "9.9.9"), ("kit", "0.1.0+other"), ("python", "3.99.0")]
)
def test_another_version_is_another_record(store, monkeypatch, package, version):
    store.put(record_of())
    monkeypatch.setitem(VERSIONS, package, version)

    assert store.get(ADA, "sha256:suite", "L2") is None


def test_a_patch_release_of_python_runs_nothing_again(store):
    minor = ".".join(VERSIONS["python"].split(".")[:2])
    store.put(record_of(versions=VERSIONS | {"python": f"{minor}.99"}))

    assert store.get(ADA, "sha256:suite", "L2") is not None


def test_equal_files_make_two_assignments_with_two_digests(tiny_course, tmp_path):
    course = tiny_course(tmp_path)
    for part in ("solutions", "tests/hidden"):
        (course / part / "twin").mkdir()
        for path in (course / part / "tiny").iterdir():
            (course / part / "twin" / path.name).write_bytes(path.read_bytes())

    digests = {Assignment.load(course, name).digest() for name in ("tiny", "twin")}

    assert len(digests) == 2


def test_a_time_out_is_never_final(store):
    store.put(record_of(status="timeout"))

    assert store.get(ADA, "sha256:suite", "L2") is None
    assert store.read(key_of(record_of(status="timeout"))).score == 2.0


def test_a_time_out_never_takes_the_place_of_a_final_record(store):
    store.put(record_of())
    store.put(record_of(status="timeout"))

    assert store.get(ADA, "sha256:suite", "L2").exercises == record_of().exercises


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o777])
def test_the_owner_alone_can_read_whatever_the_umask_is(tmp_path, umask):
    before = os.umask(umask)
    try:
        Store(tmp_path / "records").put(record_of())
    finally:
        os.umask(before)

    (file,) = (path for path in (tmp_path / "records").rglob("*") if path.is_file())
    there = (tmp_path / "records", file.parent, file)
    assert [stat.S_IMODE(path.stat().st_mode) for path in there] == [0o700, 0o700, 0o600]


def test_a_folder_that_was_open_to_others_is_closed(tmp_path):
    (tmp_path / "records").mkdir(mode=0o755)

    Store(tmp_path / "records")

    assert stat.S_IMODE((tmp_path / "records").stat().st_mode) == 0o700


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"schema": "kit/record/1"}'])
def test_a_damaged_file_is_not_there_and_is_replaced(store, content):
    store.put(record_of())
    (path,) = stored_files(store)
    path.write_bytes(content)

    assert store.get(ADA, "sha256:suite", "L2") is None
    store.put(record_of())
    assert store.get(ADA, "sha256:suite", "L2") == record_of()


def test_a_record_that_lies_under_another_name_is_not_there(store):
    store.put(record_of())
    store.put(record_of(suite="sha256:other"))
    one, other = stored_files(store)
    one.write_bytes(other.read_bytes())

    found = [store.get(ADA, suite, "L2") for suite in ("sha256:suite", "sha256:other")]

    assert sorted(record is None for record in found) == [False, True]


def test_a_link_in_the_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "records").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(UsageError, match="records is a link"):
        Store(tmp_path / "records")


def test_links_inside_the_folder_are_not_followed(store, tmp_path):
    store.put(record_of())
    (path,) = stored_files(store)
    folder = path.parent
    moved = folder.rename(tmp_path / "moved")
    folder.symlink_to(moved)

    assert store.get(ADA, "sha256:suite", "L2") is None
    assert store.files_about({ADA.sha256}) == []
    with pytest.raises(UsageError, match="is a link"):
        store.put(record_of())


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "records").write_text("", encoding="utf-8")

    with pytest.raises(UsageError, match="records is no folder; move it away"):
        Store(tmp_path / "records")


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    with pytest.raises(UsageError, match="cannot be used for Records: No such file or directory"):
        Store(tmp_path / "nowhere" / "records")


def test_a_folder_that_is_read_only_is_told_before_anything_runs(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write wherever it likes

    with pytest.raises(UsageError, match="records cannot be written to"):
        Store(tmp_path / "records")


def test_a_full_disk_leaves_nothing_behind_and_is_told(store, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", fail)

    with pytest.raises(UsageError, match="records cannot be written to: No space left on device"):
        store.put(record_of())
    assert stored_files(store) == []


def test_the_files_about_a_submission_are_found_half_written_ones_too(store):
    store.put(record_of())
    store.put(record_of(suite="sha256:other"))
    store.put(record_of(submission=Submission("Björk", {"one.py": b"x = 2"})))
    (path, *_) = store.files_about({ADA.sha256})
    half = path.with_name(".left-by-a-killed-writer")
    half.write_bytes(path.read_bytes()[:200])

    assert half in store.files_about({ADA.sha256})
    assert len(store.files_about({ADA.sha256})) == 3


WRITE_FOR_EVER = """
import json, sys
from dataclasses import replace
from pathlib import Path
from kit.grading.record import Record
from kit.grading.store import Store
store = Store(Path(sys.argv[1]))
record = Record.from_json(json.loads(sys.argv[2]))
print("ready", flush=True)
number = 0
while True:
    number += 1
    suite = "the same" if sys.argv[3] == "same" else str(number % 50)
    store.put(replace(record, suite=suite, seed="seed" * 5000))
"""


@pytest.fixture
def write_for_ever(tmp_path):
    """Start a process that puts Records until it is killed."""
    started = []

    def start(which):
        told = json.dumps(record_of().to_json())
        command = [sys.executable, "-c", WRITE_FOR_EVER, str(tmp_path / "records"), told, which]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout.readline() == "ready\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.slow
def test_every_stored_file_is_whole_after_kill_minus_9(write_for_ever, store):
    for milliseconds in (1, 3, 10, 30, 100):
        process = write_for_ever("many")
        time.sleep(milliseconds / 1000)
        process.send_signal(signal.SIGKILL)
        process.wait()

        names = {path.stem for path in stored_files(store) if path.suffix == ".json"}
        assert all(store.read(name) is not None for name in names)
    assert names


@pytest.mark.slow
def test_two_processes_put_the_same_record_and_a_third_always_reads_a_whole_one(
    write_for_ever, store
):
    store.put(record_of(suite="the same", seed="seed" * 5000))
    for _ in range(2):
        write_for_ever("same")

    end = time.monotonic() + 0.5
    found = []
    while time.monotonic() < end:
        found.append(store.get(ADA, "the same", "L2"))

    assert len(found) > 10
    assert None not in found
