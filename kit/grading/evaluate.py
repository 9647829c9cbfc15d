"""Evaluate a submission: `evaluate(submission, assignment) -> Record`.

    the caller (trusted)
      └ suite process (trusted): the hidden suite, forked for each submission
          └ zygote: clean, knows no test and no submission
              └ a worker for each submission (untrusted): the student's files

The child cannot mark its own work: verdicts are made in the suite process from plain values.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from kit.errors import GradingError, SuiteError, UsageError
from kit.grading import wire
from kit.grading.levels import REQUIRE, choose_level, refusal
from kit.grading.nursery import ENVIRONMENT
from kit.grading.processor import ANYWHERE
from kit.grading.record import Check, ExerciseResult, Record
from kit.grading.versions import VERSIONS
from kit.loading import suggestion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kit.grading.assignment import Assignment
    from kit.grading.record import Status
    from kit.grading.submission import Submission

PATIENCE_SECONDS = 600.0
CLOSE_SECONDS = 20.0
NO_VERDICT: tuple[Status, str, str, None] = (
    "error",
    "the test gave no verdict",
    "no verdict",
    None,
)
PLAIN_PYTEST = {  # what somebody has set for their own tests must not choose ours
    "PYTEST_ADDOPTS": "",
    "PYTEST_PLUGINS": "",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
}


def evaluate(submission: Submission, assignment: Assignment) -> Record:
    """Evaluate one submission; raise GradingError where the grader itself fails."""
    with Evaluator(assignment) as evaluator:
        return evaluator.evaluate(submission)


def collect_points(assignment: Assignment) -> dict[str, float]:
    """Return the points of every exercise, which are the sum of its hidden tests' points."""
    with Evaluator(assignment) as evaluator:
        return evaluator.points


class Evaluator:
    """Keeps the suite process of an assignment alive from one submission to the next.

    `suite` is the digest of what it has collected: an edit after that is for the next evaluator.
    With a `processor`, submissions run on that one, else where the kernel puts each of them.
    """

    def __init__(
        self, assignment: Assignment, sandbox: str = REQUIRE, processor: int = ANYWHERE
    ) -> None:
        if sys.platform != "linux":
            raise UsageError("grading runs on Linux: use a Linux machine or a container")
        self.assignment, self.processor = assignment, processor
        self._wanted = sandbox
        self.level = choose_level(sandbox)
        self._process: subprocess.Popen[bytes] | None = None
        self._answer_owed = False
        self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def points(self) -> dict[str, float]:
        """The points of every exercise."""
        names = [exercise.name for exercise in self.assignment.manifest.exercises]
        return {
            name: sum(test["points"] for test in self._tests if test["exercise"] == name)
            for name in names
        }

    def evaluate(
        self, submission: Submission, only: Sequence[str] = (), *, explain: bool = True
    ) -> Record:
        """Evaluate one submission; raise GradingError where the grader itself fails.

        With `only`, the ids of some checks, the Record is about these and no others. Without
        `explain`, a verdict is all that is said about a check.
        """
        if self._process is None:
            self._start()
        self._insist_on(only)
        started = time.perf_counter()
        seed = hashlib.sha256(f"{self.suite} {submission.sha256}".encode()).hexdigest()
        number = str(int(seed[:16], 16))
        request = (submission.sources(), dict(submission.problems), number, list(only), explain)
        verdicts = self._ask(request)
        return Record(
            assignment=self.assignment.name,
            submission={"name": submission.name, "sha256": submission.sha256},
            exercises=self._results(verdicts, only),
            suite=self.suite,
            seed=f"sha256:{seed}",
            sandbox={"level": self.level, "broken": list(self._broken)},
            versions=VERSIONS,
            seconds=round(time.perf_counter() - started, 3),
        )

    def confirm(self, record: Record, submission: Submission) -> Record:
        """Run the exercises of a Record that ran out of time once more; return what counts.

        Nothing else of ours is to run at that time: whoever asks sees to it.
        """
        exercises = tuple(
            self._confirmed(result, submission) if result.is_late else result
            for result in record.exercises
        )
        return replace(record, exercises=exercises)

    def _confirmed(self, result: ExerciseResult, submission: Submission) -> ExerciseResult:
        first = next(check.id for check in result.checks if check.status == "timeout")
        if self.evaluate(submission, [first]).is_late:
            return result
        again = self.evaluate(submission, [check.id for check in result.checks])
        return again.exercises[0]

    def close(self) -> None:
        """End the suite process, its zygote and its workers: at once where an answer is owed."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(OSError):  # the other end may be gone
            self._connection.shutdown(socket.SHUT_RDWR)
        self._connection.close()
        try:
            process.wait(0 if self._answer_owed else CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _start(self) -> None:
        self.suite = self.assignment.digest()
        self._answer_owed = False
        self._connection, there = socket.socketpair()
        self._connection.settimeout(PATIENCE_SECONDS)
        command = [sys.executable, "-P", "-m", "kit.grading.suite"]
        place = [str(self.assignment.course), self.assignment.name]
        arguments = [str(there.fileno()), *place, self.level, str(self.processor)]
        self._process = subprocess.Popen(
            command + arguments,
            pass_fds=[there.fileno()],
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for us; the suite ends when we hang up
            stdout=subprocess.DEVNULL,
            env={**os.environ, **ENVIRONMENT, **PLAIN_PYTEST},
        )
        there.close()
        try:
            kind, *told = self._receive()
        except (wire.WireError, OSError) as error:
            self.close()
            raise GradingError(f"the suite process failed: {error}") from None
        if kind != "suite":
            self.close()
            raise SuiteError(str(told[0]))
        self._tests, self._broken = told
        if self._wanted == REQUIRE and self._broken:
            self.close()
            raise UsageError(refusal(self.level, f"broken: {', '.join(self._broken)}"))

    def _ask(self, request: Any) -> dict[str, Any]:
        self._answer_owed = True
        try:
            wire.send(self._connection, 1, request, wire.SOURCES)
            kind, value = self._receive()
        except (wire.WireError, OSError) as error:
            self.close()  # the next submission starts a new one
            raise GradingError(f"the suite process failed: {error}") from None
        self._answer_owed = False
        if kind != "verdicts":
            raise GradingError(str(value))
        verdicts: dict[str, Any] = value
        return verdicts

    def _receive(self) -> tuple[Any, ...]:
        try:
            _, answer = wire.receive(self._connection, limits=wire.SOURCES)
        except wire.ClosedError:
            raise wire.WireError("it ended before it answered") from None
        told: tuple[Any, ...] = answer
        return told

    def _insist_on(self, only: Sequence[str]) -> None:
        known = [test["id"] for test in self._tests]
        for name in only:
            if name not in known:
                raise UsageError(f"no check is called {name!r}{suggestion(name, known)}")

    def _results(self, verdicts: dict[str, Any], only: Sequence[str]) -> tuple[ExerciseResult, ...]:
        checks: dict[str, list[Check]] = {}
        for test in self._tests:
            if test["id"] in only or not only:
                found = _check(test, verdicts.get(test["id"]))
                checks.setdefault(test["exercise"], []).append(found)
        return tuple(
            ExerciseResult(exercise.name, exercise.title, tuple(checks[exercise.name]))
            for exercise in self.assignment.manifest.exercises
            if exercise.name in checks
        )


def _check(test: dict[str, Any], verdict: Any) -> Check:
    status, message, public, misconception = verdict or NO_VERDICT
    return Check(
        id=test["id"],
        title=test["title"],
        points=test["points"] if status == "passed" else 0.0,
        max_points=test["points"],
        status=status,
        kind=test["kind"],
        message=message,
        public=sys.intern(public),  # the same words for a whole class
        misconception=misconception,
    )
