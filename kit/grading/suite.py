"""A hidden suite: collected once, and run against a submission with proxies for its parts.

No student's byte is executed here: the answers of the proxies come from workers.

pytest has no public way to collect once and run often. The few half-private names that this
needs are used in `kit.grading.collecting` and in `_run` alone.
"""

from __future__ import annotations

import contextlib
import itertools
import math
from typing import TYPE_CHECKING, Any

from _pytest import outcomes
from _pytest.tmpdir import tmppath_result_key

from kit.errors import UsageError
from kit.grading.arguments import arguments, plain_fixtures
from kit.grading.collecting import collect
from kit.grading.explanation import Failure, explain
from kit.grading.verdicts import verdict
from kit.grading.workers import Workers
from kit.testing.diagnosis import catalogue
from kit.testing.pytest_plugin import (
    MAKE_STUDENT,
    SEED,
    assignment_folder,
    exercise_name,
    reference_bench,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pytest

    from kit.grading.assignment import Assignment
    from kit.grading.nursery import Zygote
    from kit.testing.diagnosis import Finding


class Suite:
    """A hidden suite, collected."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self.session = collect(assignment.hidden)
        self._plain = {item.nodeid: plain_fixtures(item) for item in self.session.items}
        for folder in {assignment_folder(item.path) for item in self.session.items}:
            reference_bench(self.session.config, folder)[1].load()  # once, and not in every copy
        catalogue.read_all()

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

    def run(
        self,
        zygote: Zygote,
        sources: Mapping[str, str],
        problems: Mapping[str, str],
        seed: int,
        only: Sequence[str] = (),
        *,
        explained: bool = True,
    ) -> dict[str, Any]:
        """Run all tests, or `only` these, against a submission; return the verdicts, explained.

        It runs in this very process, so a copy is forked first.
        """
        self.session.config.stash[SEED] = seed
        items = [item for item in self.session.items if item.nodeid in only or not only]
        with self._workers(zygote, sources, problems) as workers:
            self.session.config.stash[MAKE_STUDENT] = workers.student
            errors = _run(items, self._plain)
        failures = [
            Failure(item.nodeid, exercise_name(item), _mark(item)[1], error)
            for item, error in errors
            if error
        ]
        findings: dict[str, Finding] = {}
        if failures and explained:
            _, reference = reference_bench(self.session.config, assignment_folder(items[0].path))
            with self._workers(zygote, sources, problems) as workers:
                findings = explain(failures, workers, self.assignment.manifest, sources, reference)
        return {
            item.nodeid: list(
                verdict(error, _mark(item)[1], zygote.limits, findings.get(item.nodeid))
            )
            for item, error in errors
        }

    def _workers(
        self, zygote: Zygote, sources: Mapping[str, str], problems: Mapping[str, str]
    ) -> contextlib.closing[Workers]:
        return contextlib.closing(Workers(zygote, self.assignment.manifest, sources, problems))


def _run(
    items: list[pytest.Item], plain: Mapping[str, list[pytest.FixtureDef[Any]] | None]
) -> list[tuple[pytest.Item, BaseException | None]]:
    """Run tests; return the first thing that went wrong with each.

    pytest's own protocol calls two dozen hooks for every test, and quotes the source of one that
    fails: that takes longer than the test, and nobody is to read it.
    """
    pairs = itertools.zip_longest(items, items[1:])
    return [(item, _error(item, following, plain[item.nodeid])) for item, following in pairs]


def _error(
    item: Any, following: pytest.Item | None, plain: list[pytest.FixtureDef[Any]] | None
) -> BaseException | None:
    state = item.session._setupstate  # noqa: SLF001 - see the module's docstring
    wrong = []
    try:
        if plain is None:
            item.stash.setdefault(tmppath_result_key, {})  # `tmp_path` looks for its reports there
        else:
            item.funcargs.update(arguments(item, plain))
        state.setup(item)
        item.runtest()
    except (Exception, outcomes.OutcomeException) as error:  # noqa: BLE001 - a test may raise anything
        wrong.append(error)
    try:
        state.teardown_exact(following)
    except (Exception, outcomes.OutcomeException) as error:  # noqa: BLE001 - and so may a fixture
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
