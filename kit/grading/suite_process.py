"""The trusted process: collects a hidden suite once, and is forked for every submission.

A forked copy runs the suite and tells the verdicts; whatever one run leaves behind (module
globals, random state, environment) ends with its copy. The process itself is forked for every
processor that is to be at work, so that they all share what was collected.
"""

from __future__ import annotations

import gc
import importlib
import os
import select
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kit.errors import KitError, SuiteError
from kit.grading import preload, sandbox, wire
from kit.grading.assignment import Assignment
from kit.grading.children import wait_for
from kit.grading.limits import Limits
from kit.grading.nursery import Zygote
from kit.grading.overtime import OvertimeError, limited
from kit.grading.processor import stay
from kit.grading.promises import broken_promises
from kit.grading.request import Request
from kit.grading.suite import Suite

if TYPE_CHECKING:
    from collections.abc import Sequence

# What hidden tests use, and NumPy imports when it is used.
NUMPY = (
    *("numpy.linalg", "numpy.random", "numpy.fft", "numpy.ma", "numpy.polynomial", "numpy.testing"),
    *("numpy.lib.stride_tricks", "numpy.lib.recfunctions", "numpy.typing", "numpy.exceptions"),
    *("numpy.rec", "numpy.char", "numpy.strings", "numpy.dtypes", "numpy.ctypeslib"),
)


def main() -> None:
    """Serve the suite of `python -m kit.grading.suite_process SOCKETS COURSE NAME LEVEL PROCESSORS`.

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
        with limited(limits.test_seconds):
            suite = Suite(assignment)
            tests = suite.describe()
        for name in NUMPY:  # once, here, and not in every copy
            importlib.import_module(name)
        broken = broken_promises(zygote)
    except (Exception, OvertimeError) as error:  # noqa: BLE001 - a conftest.py may raise anything
        for connection in connections:
            wire.send(connection, 0, ("failed", _told(error)), wire.SOURCES)
        return
    gc.collect()
    gc.freeze()  # a collection in a copy would copy what it shares with us
    number, zygote, forked = _forked_for_each(connections, zygote)
    told = ("suite", tests, list(broken), os.getpid())
    wire.send(connections[number], 0, told, wire.SOURCES)
    serve(connections[number], suite, zygote, processors[number])
    wait_for(forked)
    if number:
        os._exit(0)  # not sys.exit: a copy must not run the cleanups of the original


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


def serve(connection: socket.socket, suite: Suite, zygote: Zygote, processor: int) -> None:
    """Answer each submission with its verdicts, until nobody asks."""
    suite.share_place()
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
            answer = _forked(connection, suite, zygote, processor, request)
            try:
                wire.send(connection, nonce, answer, wire.SOURCES)
            except ConnectionError:  # who asked is gone
                return
    finally:
        zygote.close()


def _forked(
    connection: socket.socket, suite: Suite, zygote: Zygote, processor: int, request: Any
) -> Any:
    """Run a submission in a copy of this process; return what the copy tells."""
    here, there = socket.socketpair()
    process = os.fork()
    if process == 0:
        sandbox.die_with_parent()
        zygote.on_processor = stay(processor)
        here.close()
        _tell(there, suite, zygote, request)
    there.close()
    try:
        readable, _, _ = select.select([here, connection], [], [])
        if connection in readable:  # nobody asks now: who did hung up, or was killed
            os.kill(process, signal.SIGKILL)
        return wire.receive(here, limits=wire.SOURCES)[1]
    except wire.WireError as error:
        return ("failed", f"the run of the suite ended early{_place(suite)}: {error}")
    finally:
        here.close()
        os.waitpid(process, 0)


def _tell(connection: socket.socket, suite: Suite, zygote: Zygote, request: Any) -> None:
    code = 1
    gc.disable()  # this copy is too short-lived to be worth a collection
    try:
        try:
            answer: tuple[str, Any] = ("verdicts", suite.run(zygote, Request(*request)))
        except SuiteError as error:
            answer = ("broken", str(error))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told and never a score
            answer = ("failed", _told(error))
        wire.send(connection, 0, answer, wire.SOURCES)
        code = 0
    finally:
        os._exit(code)  # as above


def _place(suite: Suite) -> str:
    return f", in {suite.at}" if suite.at else ""


def _told(error: BaseException) -> str:
    if isinstance(error, KitError | pytest.UsageError):
        return str(error)
    return f"the hidden suite fails with {type(error).__name__}: {error}"


if __name__ == "__main__":
    main()
