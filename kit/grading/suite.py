"""A hidden suite: collected once, and run against a submission with proxies for its parts.

No student's byte is executed here: the answers of the proxies come from workers.

pytest has no public way to collect once and run often. The few half-private names that this
needs are used in `kit.grading.collecting` and in `_run` alone.
"""

from __future__ import annotations

import contextlib
import itertools
import math
import mmap
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from _pytest import outcomes
from _pytest.tmpdir import tmppath_result_key

from kit.errors import GradingError, PartError, PartTimeoutError, SuiteError, UsageError
from kit.grading.arguments import arguments, plain_fixtures
from kit.grading.collecting import collect
from kit.grading.drawn import own_number
from kit.grading.explanation import Failure, explain
from kit.grading.overtime import OvertimeError, limited
from kit.grading.trace import cause, trace
from kit.grading.verdicts import is_broken, verdict
from kit.grading.workers import Workers
from kit.harness.submission import read_submission
from kit.testing.diagnosis import catalogue
from kit.testing.pytest_plugin import (
    MAKE_STUDENT,
    OWN_NUMBER,
    SEED,
    assignment_folder,
    exercise_name,
    reference_bench,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kit.grading.assignment import Assignment
    from kit.grading.nursery import Zygote
    from kit.grading.request import Request
    from kit.testing.diagnosis import Finding

    Errors: TypeAlias = list[tuple[pytest.Item, BaseException | None]]

# What a test may raise; `exit()` must not end the process in silence.
_ANYTHING = (Exception, outcomes.OutcomeException, OvertimeError, SystemExit)


class Suite:
    """A hidden suite, collected."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self.session = collect(assignment.hidden)
        self._plain = {item.nodeid: plain_fixtures(item) for item in self.session.items}
        for item in self.session.items:
            item.stash[OWN_NUMBER] = own_number(item)
        for folder in {assignment_folder(item.path) for item in self.session.items}:
            reference_bench(self.session.config, folder)[1].load()  # once, and not in every copy
        # What is missing in it stops a run of the class; public tests do without a reference.
        self._reference = read_submission(assignment.solution, assignment.manifest, "reference")
        self.share_place()
        catalogue.read_all()

    def share_place(self) -> None:
        """Share with the copies of this process from now on which test runs, and with no other."""
        self._at = mmap.mmap(-1, 4)  # the number of the test, from 1 on

    @property
    def at(self) -> str:
        """The test that a copy of this process has begun last, "" where it was none."""
        number = int.from_bytes(self._at[:4])
        return self.session.items[number - 1].nodeid if number else ""

    def describe(self) -> list[dict[str, Any]]:
        """Return every test as a plain table: id, title, exercise, points and kind."""
        names = {exercise.name for exercise in self.assignment.manifest.exercises}
        tests = []
        for item in self.session.items:
            if exercise_name(item) not in names:
                raise UsageError(f"{item.nodeid} tests {exercise_name(item)!r}: no such exercise")
            tests.append(_described(item))
        for name in sorted(names - {test["exercise"] for test in tests}):
            raise UsageError(f"the exercise {name!r} has no hidden test")
        return tests

    def run(self, zygote: Zygote, request: Request) -> dict[str, Any]:
        """Run tests against a submission; return the verdicts.

        It runs in this very process, so a copy is forked first.
        """
        self.session.config.stash[SEED] = int(request.seed)
        wanted = {*request.only} or {item.nodeid for item in self.session.items}
        items = [it for it in self.session.items if it.nodeid in wanted - {*request.skipped}]
        files = request.sources, request.problems
        errors = self._errors(items, zygote, *files, traced=request.traced)
        if request.traced:
            return {item.nodeid: self._traced(error) for item, error in errors}
        self._insist_on_sound_tests(errors, zygote)
        findings = self._findings(errors, zygote, request) if request.explained else {}
        return {
            item.nodeid: list(
                verdict(error, _mark(item)[1], zygote.limits, findings.get(item.nodeid))
            )
            for item, error in errors
        }

    def _traced(self, error: BaseException | None) -> list[str | None]:
        if error is None:
            return ["passed", "", "", None]
        status = "timeout" if isinstance(error, PartTimeoutError) else "error"
        return [status, trace(error, self.assignment.hidden), "", None]

    def _insist_on_sound_tests(self, errors: Errors, zygote: Zygote) -> None:
        """Raise GradingError where the suite is at fault, and not the submission.

        An odd answer can make a test raise. So the reference is asked the same, with the same
        inputs: where it passes, the answer was the cause.
        """
        reference = self._reference
        odd = [it for it, error in errors if error and reference.files and _is_odd(error)]
        for item, error in errors:
            if error and is_broken(error):
                why = cause(error, self.assignment.hidden)
                raise GradingError(f"the hidden test {item.nodeid} is broken: {why}")
        for item in odd:
            item._initrequest()  # type: ignore[attr-defined]  # noqa: SLF001 - else it keeps its fixtures
        again = self._errors(odd, zygote, reference.sources(), reference.problems) if odd else []
        for item, error in again:
            if error:
                why = cause(error, self.assignment.hidden)
                raise GradingError(
                    f"the hidden test {item.nodeid} fails for the reference, too, with the inputs "
                    f"of this submission: {why}"
                )

    def _errors(
        self,
        items: list[pytest.Item],
        zygote: Zygote,
        sources: Mapping[str, str],
        problems: Mapping[str, str],
        *,
        traced: bool = False,
    ) -> Errors:
        with self._workers(zygote, sources, problems) as workers:
            self.session.config.stash[MAKE_STUDENT] = workers.student
            return list(self._run(items, zygote.limits.test_seconds, traced=traced))

    def _run(self, items: list[pytest.Item], seconds: float, *, traced: bool) -> Iterator[Any]:
        """Run tests; yield each with the first thing that went wrong.

        pytest's own protocol calls two dozen hooks for every test, and quotes the source of one
        that fails: that takes longer than the test, and nothing reads it.
        """
        numbers = {item: number for number, item in enumerate(self.session.items, 1)}
        for item, following in itertools.zip_longest(items, items[1:]):
            self._at[:4] = numbers[item].to_bytes(4)
            error = _error(item, following, self._plain[item.nodeid], seconds)
            if traced and isinstance(error, OvertimeError):  # each of the others may take as long
                why = trace(error, self.assignment.hidden)
                raise SuiteError(f"the hidden test {item.nodeid} does not end:\n{why}")
            yield item, error
        self._at[:4] = bytes(4)

    def _findings(self, errors: Errors, zygote: Zygote, request: Request) -> dict[str, Finding]:
        """Say why tests failed, for those where a diagnosis can."""
        failures = [
            Failure(item.nodeid, exercise_name(item), _mark(item)[1], error)
            for item, error in errors
            if error
        ]
        if not failures:
            return {}
        folder = assignment_folder(errors[0][0].path)
        _, reference = reference_bench(self.session.config, folder)
        manifest, sources = self.assignment.manifest, request.sources
        with self._workers(zygote, sources, request.problems) as workers:
            return explain(failures, workers, manifest, sources, reference)

    def _workers(
        self, zygote: Zygote, sources: Mapping[str, str], problems: Mapping[str, str]
    ) -> contextlib.closing[Workers]:
        return contextlib.closing(Workers(zygote, self.assignment.manifest, sources, problems))


def _is_odd(error: BaseException) -> bool:
    """Whether it is no verdict on a part: the test raised, and did not compare."""
    return not isinstance(error, PartError | AssertionError | GradingError | pytest.fail.Exception)


def _error(
    item: Any,
    following: pytest.Item | None,
    plain: list[pytest.FixtureDef[Any]] | None,
    seconds: float,
) -> BaseException | None:
    state = item.session._setupstate  # noqa: SLF001 - see the module's docstring
    wrong: list[BaseException] = []
    try:
        with limited(seconds):
            if plain is None:
                item.stash.setdefault(
                    tmppath_result_key, {}
                )  # `tmp_path` looks for its reports there
            else:
                item.funcargs.update(arguments(item, plain))
            state.setup(item)
            item.runtest()
    except _ANYTHING as error:
        wrong.append(error)
    try:
        with limited(seconds):
            state.teardown_exact(following)
    except _ANYTHING as error:  # a fixture may raise anything, too
        wrong.append(error)
    return wrong[0] if wrong else None


def _described(item: pytest.Item) -> dict[str, Any]:
    points, kind = _mark(item)
    return {
        "id": item.nodeid,
        "title": item.nodeid.rpartition("::")[2].removeprefix("test_").replace("_", " "),
        "exercise": exercise_name(item),
        "points": points,
        "kind": kind,
    }


def _mark(item: pytest.Item) -> tuple[float, str]:
    mark = item.get_closest_marker("points")
    if mark is None:
        raise UsageError(f"{item.nodeid} has no points: pytest.mark.points(number, kind=...)")
    match mark.args, mark.kwargs:
        case ((int() | float() as points,), {"kind": str(kind), **rest}) if not rest:
            if 0 <= points < math.inf:
                return float(points), kind
    raise UsageError(f"{item.nodeid}: points are told as pytest.mark.points(number, kind=...)")
