"""Evaluate a submission: `evaluate(submission, assignment) -> Record`.

    the caller (trusted)
      └ suite process (trusted): the hidden suite, forked for each submission
          └ zygote: clean, knows no test and no submission
              └ a worker for each submission (untrusted): the student's files

The child cannot mark its own work: verdicts are made in the suite process from plain values.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from kit.errors import UsageError
from kit.grading import lane
from kit.grading.levels import REQUIRE, choose_level, refusal
from kit.grading.processor import ANYWHERE
from kit.grading.record import Check, ExerciseResult, Record
from kit.grading.reference import insist_on_reference
from kit.grading.request import Request
from kit.grading.versions import VERSIONS
from kit.grading.void import NO_CHECK, void_verdict
from kit.loading import suggestion

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kit.grading.assignment import Assignment
    from kit.grading.lane import Lane
    from kit.grading.record import Status
    from kit.harness.submission import Submission

NO_VERDICT: tuple[Status, str, str, None] = (
    "error",
    "the test gave no verdict",
    "no verdict",
    None,
)


def evaluate(submission: Submission, assignment: Assignment) -> Record:
    """Evaluate one submission; raise GradingError where the grader itself fails."""
    with Evaluator(assignment) as evaluator:
        return evaluator.evaluate(submission)


class Evaluator:
    """Keeps the suite process of an assignment alive from one submission to the next.

    `suite` is the digest of what it has collected: an edit after that is for the next evaluator.
    With a `processor`, submissions run on that one, else where the kernel puts each of them.
    """

    def __init__(
        self,
        assignment: Assignment,
        sandbox: str = REQUIRE,
        processor: int = ANYWHERE,
        started: Lane | None = None,
    ) -> None:
        if sys.platform != "linux":
            raise UsageError("grading runs on Linux: use a Linux machine or a container")
        self.assignment, self.processor = assignment, processor
        self._wanted = sandbox
        self.level = choose_level(sandbox)
        self._lane = started or self._started()
        self._ready()

    @classmethod
    def together(
        cls, assignment: Assignment, sandbox: str, processors: Sequence[int]
    ) -> list[Self]:
        """Return an evaluator for each of these processors: one is started, and forks the others."""
        lanes = lane.start(assignment, choose_level(sandbox), processors)
        try:
            return [
                cls(assignment, sandbox, processor, each)
                for processor, each in zip(processors, lanes, strict=True)
            ]
        except BaseException:
            lane.close_all(lanes)
            raise

    def _started(self) -> Lane:
        [only] = lane.start(self.assignment, self.level, [self.processor])
        return only

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def suite(self) -> str:
        """The digest of what its suite process has collected."""
        return self._lane.suite

    @property
    def points(self) -> dict[str, float]:
        """The points of every exercise."""
        names = [exercise.name for exercise in self.assignment.manifest.exercises]
        return {
            name: sum(test["points"] for test in self._tests if test["exercise"] == name)
            for name in names
        }

    def evaluate(
        self,
        submission: Submission,
        only: Sequence[str] = (),
        *,
        explain: bool = True,
        void: Mapping[str, str] = NO_CHECK,
    ) -> Record:
        """Evaluate one submission; raise GradingError where the grader itself fails.

        With `only`, the ids of some checks, the Record is about these and no others. Without
        `explain`, a verdict is all that is said about a check. A check in `void` is not run.
        """
        return self._evaluate(submission, only, explain, void)

    def evaluate_reference(
        self, reference: Submission, only: Sequence[str] = (), void: Mapping[str, str] = NO_CHECK
    ) -> Record:
        """Evaluate the reference; raise SuiteError, with tracebacks, where it does not pass."""
        record = self._evaluate(reference, only, False, void, traced=True)
        if record.is_late:  # the machine may have been busy
            record = self._evaluate(reference, only, False, void, traced=True)
        insist_on_reference(record)
        return record

    def _evaluate(
        self,
        submission: Submission,
        only: Sequence[str],
        explain: bool,
        void: Mapping[str, str],
        *,
        traced: bool = False,
    ) -> Record:
        if not self._lane.is_open:  # it had failed, or was closed
            self._lane = self._started()
            self._ready()
        self._insist_on(only)
        started = time.perf_counter()
        seed = submission.sha256  # with each test's own code: see `kit.grading.drawn`
        number = str(int(seed[:16], 16))
        files = submission.sources(), dict(submission.problems)
        request = Request(*files, number, list(only), list(void), explain, traced)
        verdicts = self._lane.ask(request)
        verdicts |= {check: void_verdict(reason) for check, reason in void.items()}
        return Record(
            assignment=self.assignment.name,
            submission=submission.about,
            exercises=self._results(verdicts, only),
            suite=self.suite,
            seed=f"sha256:{seed}",
            sandbox={"level": self.level, "broken": list(self._broken)},
            versions=VERSIONS,
            seconds=round(time.perf_counter() - started, 3),
        )

    def confirm(
        self, record: Record, submission: Submission, void: Mapping[str, str] = NO_CHECK
    ) -> Record:
        """Run the exercises of a Record that ran out of time once more; return what counts.

        Nothing else of ours is to run at that time: whoever asks sees to it.
        """
        exercises = tuple(
            self._confirmed(result, submission, void) if result.is_late else result
            for result in record.exercises
        )
        return replace(record, exercises=exercises)

    def _confirmed(
        self, result: ExerciseResult, submission: Submission, void: Mapping[str, str]
    ) -> ExerciseResult:
        first = next(check.id for check in result.checks if check.status == "timeout")
        if self.evaluate(submission, [first]).is_late:
            return result
        again = self.evaluate(submission, [check.id for check in result.checks], void=void)
        return again.exercises[0]

    def hang_up(self) -> None:
        """Tell the suite process to end, before `close` waits for it: one may wait for another."""
        self._lane.hang_up()

    def close(self) -> None:
        """End the suite process, its zygote and its workers."""
        self._lane.close()

    def _ready(self) -> None:
        self._tests, self._broken = self._lane.ready()
        if self._wanted == REQUIRE and self._broken:
            self.close()
            raise UsageError(refusal(self.level, f"broken: {', '.join(self._broken)}"))

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
        points=test["points"] if status in {"passed", "void"} else 0.0,
        max_points=test["points"],
        status=status,
        kind=test["kind"],
        message=message,
        public=sys.intern(public),  # the same words for a whole class
        misconception=misconception,
    )
