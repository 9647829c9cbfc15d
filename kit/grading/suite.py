"""The trusted process: collects a hidden suite once, and is forked for every submission.

It executes no student's byte. A forked copy runs the collected tests against proxies whose
answers come from workers, and tells the verdicts; whatever one run leaves behind (module
globals, random state, environment) ends with its copy.

pytest has no public way to collect once and run often. The few half-private names that this
needs are used in `kit.grading.collecting` and in `_run` alone.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import itertools
import math
import os
import select
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from _pytest import outcomes
from _pytest.tmpdir import tmppath_result_key

from kit.errors import KitError, UsageError
from kit.grading import preload, sandbox, wire
from kit.grading.arguments import arguments, plain_fixtures
from kit.grading.assignment import Assignment
from kit.grading.children import wait_for
from kit.grading.collecting import collect
from kit.grading.explanation import Failure, explain
from kit.grading.limits import Limits
from kit.grading.nursery import Zygote
from kit.grading.processor import ANYWHERE, stay
from kit.grading.promises import broken_promises
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

    from kit.testing.diagnosis import Finding


class Suite:
    """A hidden suite, collected."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment, self.processor = assignment, ANYWHERE
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
            with self._workers(zygote, sources, problems) as workers:
                findings = explain(failures, workers, self.assignment.manifest, sources)
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


def serve(connection: socket.socket, suite: Suite, zygote: Zygote) -> None:
    """Answer each submission with its verdicts, until nobody asks."""
    try:
        while True:
            try:
                nonce, request = wire.receive(connection, limits=wire.SOURCES)
            except wire.ClosedError:
                return
            if not zygote.alive:
                zygote.close()
                zygote = Zygote(zygote.limits, zygote.level, zygote.modules)
                zygote.wait()
            answer = _forked(connection, suite, zygote, request)
            try:
                wire.send(connection, nonce, answer, wire.SOURCES)
            except ConnectionError:  # who asked is gone
                return
    finally:
        zygote.close()


def _forked(connection: socket.socket, suite: Suite, zygote: Zygote, request: Any) -> Any:
    """Run a submission in a copy of this process; return what the copy tells."""
    here, there = socket.socketpair()
    process = os.fork()
    if process == 0:
        sandbox.die_with_parent()
        zygote.on_processor = stay(suite.processor)
        here.close()
        _tell(there, suite, zygote, request)
    there.close()
    try:
        readable, _, _ = select.select([here, connection], [], [])
        if connection in readable:  # nobody asks now: who did hung up, or was killed
            os.kill(process, signal.SIGKILL)
        return wire.receive(here, limits=wire.SOURCES)[1]
    except wire.WireError as error:
        return ("failed", f"the run of the suite ended early: {error}")
    finally:
        here.close()
        os.waitpid(process, 0)


def _tell(connection: socket.socket, suite: Suite, zygote: Zygote, request: Any) -> None:
    code = 1
    gc.disable()  # this copy is too short-lived to be worth a collection
    try:
        sources, problems, seed, only, explained = request
        try:
            answer: tuple[str, Any] = (
                "verdicts",
                suite.run(zygote, sources, problems, int(seed), only, explained=explained),
            )
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told and never a score
            answer = ("failed", _told(error))
        wire.send(connection, 0, answer, wire.SOURCES)
        code = 0
    finally:
        os._exit(code)  # not sys.exit: a copy must not run the cleanups of the original


def main() -> None:
    """Serve the suite of `python -m kit.grading.suite SOCKETS COURSE NAME LEVEL PROCESSORS`.

    SOCKETS and PROCESSORS are lists like "5,6": for each after the first, this process is forked.
    """
    sandbox.hide()
    connections = [socket.socket(fileno=int(number)) for number in sys.argv[1].split(",")]
    processors = [int(number) for number in sys.argv[5].split(",")]
    try:
        assignment = Assignment.load(Path(sys.argv[2]), sys.argv[3])
        limits = Limits.read(assignment.manifest.limits)
        preload.insist_on(assignment.manifest.imports)
        zygote = Zygote(limits, sys.argv[4], assignment.manifest.imports)
        suite = Suite(assignment)
        tests = suite.describe()
        for name in preload.NUMPY:  # once, here, and not in every copy
            importlib.import_module(name)
        broken = broken_promises(zygote)
    except Exception as error:  # noqa: BLE001 - a conftest.py may raise anything
        for connection in connections:
            wire.send(connection, 0, ("failed", _told(error)), wire.SOURCES)
        return
    gc.collect()
    gc.freeze()  # a collection in a copy would copy what it shares with us
    number, zygote, forked = _forked_for_each(connections, zygote)
    suite.processor = processors[number]
    told = ("suite", tests, list(broken), os.getpid())
    wire.send(connections[number], 0, told, wire.SOURCES)
    serve(connections[number], suite, zygote)
    wait_for(forked)
    if number:
        os._exit(0)  # as above


def _forked_for_each(
    connections: Sequence[socket.socket], zygote: Zygote
) -> tuple[int, Zygote, list[int]]:
    """Fork for each connection but the first.

    Return which one is ours, the zygote for it, and the processes that were forked for others.
    """
    mine, forked = 0, []
    for number in range(1, len(connections)):
        twin = Zygote(zygote.limits, zygote.level, zygote.modules, twin_of=zygote)
        forked.append(os.fork())
        if forked[-1] == 0:
            os.setsid()  # it may be killed, and all that it has forked, without the others
            zygote.leave()
            twin.wait()
            mine, zygote, forked = number, twin, []
            break
        twin.leave()
    for number, connection in enumerate(connections):
        if number != mine:
            connection.close()
    return mine, zygote, forked


def _told(error: Exception) -> str:
    if isinstance(error, KitError | pytest.UsageError):
        return str(error)
    return f"the hidden suite fails with {type(error).__name__}: {error}"


if __name__ == "__main__":
    main()
