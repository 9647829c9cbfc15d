"""Grading on a real Dask cluster, one of whose machines dies half-way."""

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kit.errors import UsageError
from kit.grading.assignment import Assignment
from kit.grading.pool import How, evaluate_class
from kit.grading.store import Store
from kit.harness.submission import Submission, read_submission

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow

distributed = pytest.importorskip("distributed", reason="Dask is not installed")


@pytest.fixture
def start(tmp_path):
    """Start a program of Dask's in a process of its own."""
    running = []

    def run(program, *arguments):
        command = [sys.executable, "-W", "ignore", "-m", f"distributed.cli.{program}", *arguments]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        with (tmp_path / f"{program}-{len(running)}.log").open("w") as log:
            process = subprocess.Popen(
                command,
                cwd=tmp_path,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        running.append(process)
        return process

    yield run
    for process in running:
        process.kill()
        process.wait()


@pytest.fixture
def scheduler(start, tmp_path):
    """Return the address of a running scheduler."""
    file = tmp_path / "scheduler.json"
    start("dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
          "--scheduler-file", str(file))  # fmt: skip
    deadline = time.monotonic() + 60
    while not file.exists() or not file.read_text():
        assert time.monotonic() < deadline, "the scheduler has not started"
        time.sleep(0.05)
    return json.loads(file.read_text())["address"]


@pytest.fixture(scope="module")
def assignment():
    return Assignment.load(ROOT, "backprop")


@pytest.fixture(scope="module")
def submissions(assignment):
    """A class of 24 whose bytes all differ, but for two students who handed in the same."""
    solved = read_submission(assignment.solution, assignment.manifest)
    stub = read_submission(ROOT / "assignments" / "backprop", assignment.manifest)
    made = []
    for number in range(24):
        files = (solved if number % 2 else stub).files
        mark = f"# {20 if number == 22 else number}\n".encode()
        made.append(Submission(f"student{number}", {k: v + mark for k, v in files.items()}))
    return made


def without_timings(record):
    return dataclasses.replace(record, seconds=0.0)


def test_a_cluster_gives_the_same_records_though_a_machine_dies(
    start, scheduler, assignment, submissions, tmp_path
):
    arguments = [scheduler, "--nthreads", "1", "--no-nanny", "--no-dashboard"]
    workers = [start("dask_worker", *arguments) for _ in range(2)]
    store = Store(tmp_path / "records")
    here = {each.name: record for each, record in evaluate_class(assignment, submissions)}

    there = []
    how = How(cluster=scheduler)
    for each, record in evaluate_class(assignment, submissions, how, store=store):
        there.append((each.name, record))
        if len(there) == 6:
            os.kill(workers[0].pid, signal.SIGKILL)

    assert sorted(name for name, _ in there) == sorted(here)
    for name, record in there:
        assert without_timings(record) == without_timings(here[name])
    stored = [
        path for path in (tmp_path / "records").rglob("*.json") if "students" not in str(path)
    ]
    assert len(stored) == len({each.sha256 for each in submissions}) + 1  # the reference's


def test_a_scheduler_that_is_not_there_is_told(assignment, submissions, monkeypatch):
    monkeypatch.setattr("kit.grading.cluster.CONNECT_SECONDS", 0.3)

    with pytest.raises(UsageError, match="no Dask scheduler answers at tcp"):
        list(evaluate_class(assignment, submissions, How(cluster="tcp://127.0.0.1:1")))
