"""Run one task wherever there is a processor: in a thread, in another process, on another machine.

Plain data goes in and a Record comes out. What it takes, an evaluator with its suite process, is
kept for the next task.
"""

from __future__ import annotations

import atexit
import contextlib
import tempfile
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from kit.errors import GradingError, KitError, SuiteError
from kit.grading.assignment import Assignment
from kit.grading.bundle import Bundle
from kit.grading.evaluate import Evaluator
from kit.grading.lane import close_all
from kit.grading.processor import ANYWHERE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kit.grading.record import Record
    from kit.harness.submission import Submission

Source: TypeAlias = Assignment | Bundle


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be run: a submission, `only` some of its checks, or what was `late` once more.

    `explain` adds why checks failed, for the feedback. Checks in `void` are not
    run. The reference has to pass them all.
    """

    submission: Submission
    only: tuple[str, ...] = ()
    late: Record | None = None
    explain: bool = True
    void: Mapping[str, str] = field(default_factory=dict)
    is_reference: bool = False

    def run(self, evaluator: Evaluator) -> Record:
        """Have it evaluated; raise GradingError where the grader itself fails."""
        if self.is_reference:
            return evaluator.evaluate_reference(self.submission, self.only, self.void)
        if self.late:
            return evaluator.confirm(self.late, self.submission, self.void)
        return evaluator.evaluate(self.submission, self.only, explain=self.explain, void=self.void)


class Evaluators:
    """The evaluators of one process: one for each thread that asks at the same time.

    They share `processors` out among themselves, where these are given: two on the same one would
    leave another idle.
    """

    def __init__(self, processors: Sequence[int] = ()) -> None:
        self._lock = threading.Condition()
        self._starting: set[tuple[str, str]] = set()
        self._processors = dict.fromkeys(processors or [ANYWHERE], 0)
        self._all: set[Evaluator] = set()
        self._idle: dict[tuple[str, str], list[Evaluator]] = defaultdict(list)
        self._folders: dict[str, tempfile.TemporaryDirectory[str]] = {}
        self._closed = False

    def evaluate(self, source: Source, suite: str, sandbox: str, task: Task) -> Record:
        """Run a task; raise GradingError where the grader itself fails.

        What breaks an evaluator must not cost a student a mark, so there is a second attempt,
        with a new one.
        """
        try:
            return self._evaluate(source, suite, sandbox, task)
        except SuiteError:
            raise
        except GradingError:
            return self._evaluate(source, suite, sandbox, task)

    def start(self, assignment: Assignment, suite: str, sandbox: str, count: int) -> None:
        """Start so many before they are needed; what is wrong with them is told when they are."""
        with self._lock:
            self._starting.add((suite, sandbox))
            taken = [self._take_processor() for _ in range(count)]
        made: list[Evaluator] = []
        try:
            with contextlib.suppress(KitError):
                made = Evaluator.together(assignment, sandbox, taken)
        finally:
            with self._lock:
                self._starting.discard((suite, sandbox))
                self._all.update(made)
                self._idle[suite, sandbox] += [each for each in made if each.suite == suite]
                for processor in taken[len(made) :]:
                    self._processors[processor] -= 1
                self._lock.notify_all()
        if self._closed:
            self.close()

    def close(self) -> None:
        """End all of them, at work or not, and remove what was unpacked for them."""
        with self._lock:
            self._closed = True
            evaluators, folders = list(self._all), list(self._folders.values())
        close_all(evaluators)
        for folder in folders:
            folder.cleanup()

    def _evaluate(self, source: Source, suite: str, sandbox: str, task: Task) -> Record:
        evaluator = self._take(source, suite, sandbox)
        try:
            record = task.run(evaluator)
        except BaseException:
            self._all.discard(evaluator)
            self._give_back(evaluator.processor)
            evaluator.close()
            raise
        self._idle[suite, sandbox].append(evaluator)
        return record

    def _take(self, source: Source, suite: str, sandbox: str) -> Evaluator:
        with self._lock:
            self._lock.wait_for(lambda: (suite, sandbox) not in self._starting)
            self._insist_on_running()
            if self._idle[suite, sandbox]:
                return self._idle[suite, sandbox].pop()
            assignment = source if isinstance(source, Assignment) else self._unpacked(source)
            processor = self._take_processor()
        try:
            evaluator = Evaluator(assignment, sandbox, processor)
        except BaseException:
            self._give_back(processor)
            raise
        try:
            with self._lock:
                self._insist_on_running()  # it may have ended while this one was starting
                self._all.add(evaluator)
        except GradingError:
            evaluator.close()
            raise
        if evaluator.suite != suite:
            raise SuiteError("the hidden suite was edited during the run; run it again")
        return evaluator

    def _take_processor(self) -> int:
        processor = min(self._processors, key=self._processors.__getitem__)
        self._processors[processor] += 1
        return processor

    def _give_back(self, processor: int) -> None:
        with self._lock:
            self._processors[processor] -= 1

    def _insist_on_running(self) -> None:
        if self._closed:
            raise GradingError("the run was ended")

    def _unpacked(self, bundle: Bundle) -> Assignment:
        if bundle.suite not in self._folders:
            self._folders[bundle.suite] = tempfile.TemporaryDirectory(prefix="kit-suite-")
        return bundle.unpack(Path(self._folders[bundle.suite].name))


_of_this_process = Evaluators()
atexit.register(_of_this_process.close)


def evaluate_here(bundle: Bundle, sandbox: str, task: Task) -> Record:
    """Run a task in this process, whichever it is: plain data in and out, for any executor."""
    return _of_this_process.evaluate(bundle, bundle.suite, sandbox, task)
