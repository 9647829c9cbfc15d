"""Evaluate a class: many submissions side by side, and none that is known already."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from kit.errors import GradingError, SuiteError
from kit.grading.bundle import Bundle
from kit.grading.cluster import cluster
from kit.grading.evaluate import Evaluator
from kit.grading.levels import REQUIRE, acceptable
from kit.grading.processor import processors
from kit.grading.reference import insist_on_void, known_reference, read_reference
from kit.grading.tasks import Evaluators, Task, evaluate_here

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kit.grading.assignment import Assignment
    from kit.grading.record import Record
    from kit.grading.store import Store
    from kit.harness.submission import Submission

    Submit: TypeAlias = Callable[[Task], Future[Record]]

AHEAD = 8  # submissions under way for each processor
AHEAD_ELSEWHERE = 256  # of a cluster, nobody knows how large


@dataclass(frozen=True, slots=True)
class How:
    """How to evaluate: in which sandbox, with how many evaluators here, or on which cluster.

    `jobs` of None means one evaluator for each processor; `cluster` is the address of a Dask
    scheduler, as in "tcp://scheduler:8786"; `evaluators` are those that have been started already.
    """

    sandbox: str = REQUIRE
    jobs: int | None = None
    cluster: str = ""
    evaluators: Evaluators | None = None

    @property
    def jobs_here(self) -> int:
        """How many evaluators work on this machine at the same time."""
        return self.jobs or len(processors())


ANYHOW = How()


@contextmanager
def started(assignment: Assignment, how: How) -> Iterator[How]:
    """Start the evaluators now, while the caller imports what takes long; yield how to go on."""
    if how.cluster:
        yield how
        return
    jobs, suite = how.jobs_here, assignment.digest()
    evaluators = evaluators_for(jobs)
    with ThreadPoolExecutor(1) as threads:
        threads.submit(evaluators.start, assignment, suite, how.sandbox, jobs)
        try:
            yield replace(how, evaluators=evaluators)
        finally:
            evaluators.close()


def evaluate_class(
    assignment: Assignment,
    submissions: Iterable[Submission],
    how: How = ANYHOW,
    *,
    store: Store | None = None,
    only: tuple[str, ...] = (),
    on_reference: Callable[[Record], None] = lambda _: None,
) -> Iterator[tuple[Submission, Record | str]]:
    """Yield every submission, as it is done, with its Record or with why there is none.

    The reference comes first, and `on_reference` takes its Record; where it does not pass, SuiteError
    is raised.
    """
    void = assignment.manifest.void
    tasks = (Task(submission, only, void=void) for submission in submissions)
    if how.cluster:
        with cluster(how.cluster) as executor:
            yield from evaluate_on(executor, assignment, tasks, how.sandbox, store, on_reference)
    else:
        yield from _evaluate_in_threads(assignment, tasks, how, store, on_reference, only)


def evaluate_reference(
    assignment: Assignment, store: Store | None = None, sandbox: str = REQUIRE
) -> Record:
    """Return the Record of the reference; raise SuiteError where it does not pass."""
    suite, reference = assignment.digest(), read_reference(assignment)
    record = known_reference(assignment, reference, suite, sandbox, store)
    if record is None:
        with Evaluator(assignment, sandbox) as evaluator:
            task = Task(reference, void=assignment.manifest.void, is_reference=True)
            record = task.run(evaluator)
        if store:
            store.put(record)
    insist_on_void(assignment, record)
    return record


def _evaluate_in_threads(
    assignment: Assignment,
    tasks: Iterable[Task],
    how: How,
    store: Store | None,
    on_reference: Callable[[Record], None],
    only: tuple[str, ...],
) -> Iterator[tuple[Submission, Record | str]]:
    jobs, suite = how.jobs_here, assignment.digest()
    evaluators = how.evaluators or evaluators_for(jobs)
    with ThreadPoolExecutor(jobs) as threads:

        def submit(task: Task) -> Future[Record]:
            return threads.submit(evaluators.evaluate, assignment, suite, how.sandbox, task)

        if not how.evaluators:
            threads.submit(evaluators.start, assignment, suite, how.sandbox, jobs)
        try:
            run = Run(submit, suite, how.sandbox, store)
            on_reference(run.prove(assignment, only))
            yield from run.evaluate(tasks, AHEAD * jobs)
        finally:
            threads.shutdown(wait=False, cancel_futures=True)
            evaluators.close()


def evaluate_on(
    executor: Executor,
    assignment: Assignment,
    tasks: Iterable[Task],
    sandbox: str = REQUIRE,
    store: Store | None = None,
    on_reference: Callable[[Record], None] = lambda _: None,
) -> Iterator[tuple[Submission, Record | str]]:
    """Do the same on any executor of `concurrent.futures`: the suite travels by content."""
    bundle = Bundle.of(assignment)

    def submit(task: Task) -> Future[Record]:
        return executor.submit(evaluate_here, bundle, sandbox, task)

    run = Run(submit, bundle.suite, sandbox, store)
    on_reference(run.prove(assignment))
    yield from run.evaluate(tasks, AHEAD_ELSEWHERE)


def evaluators_for(jobs: int) -> Evaluators:
    """Return evaluators that share the processors out, if there are enough of them for all.

    Fewer are put where the kernel finds a processor idle: others may be at work here.
    """
    return Evaluators(processors() if jobs >= len(processors()) else ())


class Run:
    """One pass over a class: what is known is not run, what is done is stored at once."""

    def __init__(self, submit: Submit, suite: str, sandbox: str, store: Store | None) -> None:
        self._submit, self._suite, self._sandbox, self._store = submit, suite, sandbox, store
        self._running: dict[Future[Record], Task] = {}
        self._late: list[Task] = []

    def evaluate(
        self, tasks: Iterable[Task], ahead: int
    ) -> Iterator[tuple[Submission, Record | str]]:
        """Yield outcomes as they come, with at most `ahead` tasks under way.

        What ran out of time is run once more when all the others are done, one by one: alone.
        """
        for task in tasks:
            if task.submission.obstacle:  # what cannot be read has no score
                yield task.submission, task.submission.obstacle
                continue
            if known := self._known(task):
                yield task.submission, known
                continue
            self._running[self._submit(task)] = task
            if len(self._running) >= ahead:
                yield from self._outcomes()
        while self._running:
            yield from self._outcomes()
        for task in self._late:
            yield task.submission, self._outcome(self._submit(task))

    def prove(self, assignment: Assignment, only: tuple[str, ...] = ()) -> Record:
        """Return the Record of the reference; raise SuiteError where it does not pass.

        It is run once for a suite, and comes from the store after that.
        """
        reference, void = read_reference(assignment), assignment.manifest.void
        where = self._suite, self._sandbox, self._store
        record = known_reference(assignment, reference, *where)
        if record is None:
            task = Task(reference, only, void=void, is_reference=True)
            record = self._submit(task).result()
            if self._store:
                self._store.put(record)
        if not only:
            insist_on_void(assignment, record)
        return record

    def _known(self, task: Task) -> Record | None:
        if self._store is None:
            return None
        levels = acceptable(self._sandbox)
        about = task.submission, self._suite
        found = (self._store.get(*about, level, task.void) for level in levels)
        record = next(filter(None, found), None)
        if record and task.void:  # it may have been run before the check was taken out
            self._store.put(record)
        return record

    def _outcomes(self) -> Iterator[tuple[Submission, Record | str]]:
        """Yield what is done by now, after waiting for the next one."""
        for future in wait(self._running, return_when=FIRST_COMPLETED).done:
            task = self._running.pop(future)
            if not future.exception() and future.result().is_late:
                self._late.append(replace(task, late=future.result()))
            else:
                yield task.submission, self._outcome(future)

    def _outcome(self, future: Future[Record]) -> Record | str:
        try:
            record = future.result()
        except SuiteError:
            raise
        except GradingError as error:
            return str(error)
        if self._store:
            self._store.put(record)
        return record
