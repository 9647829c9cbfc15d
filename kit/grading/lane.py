"""A suite process as its caller sees it: started, asked over a socket, and ended for sure.

One that is ready forks others like itself: to collect a suite takes a second, to fork it a
hundredth of one. Each has a socket, a zygote and a process group of its own.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any, Protocol

from kit.errors import GradingError, SuiteError
from kit.grading import wire
from kit.grading.nursery import ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from kit.grading.assignment import Assignment

PATIENCE_SECONDS = 600.0
CLOSE_SECONDS = 20.0
PLAIN_PYTEST = {  # what somebody has set for their own tests must not choose ours
    "PYTEST_ADDOPTS": "",
    "PYTEST_PLUGINS": "",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
}


def start(assignment: Assignment, level: str, processors: Sequence[int]) -> list[Lane]:
    """Start a suite process for each of these processors; none of them is ready yet."""
    suite = assignment.digest()  # before anything is read: an edit from now on is for the next one
    pairs = [socket.socketpair() for _ in processors]
    descriptors = [there.fileno() for _, there in pairs]
    command = [sys.executable, "-P", "-m", "kit.grading.suite_process"]
    place = [str(assignment.course), assignment.name]
    try:
        process = subprocess.Popen(
            [*command, _joined(descriptors), *place, level, _joined(processors)],
            pass_fds=descriptors,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for us; the suite ends when we hang up
            stdout=subprocess.DEVNULL,
            env={**os.environ, **ENVIRONMENT, **PLAIN_PYTEST},
        )
    except OSError as error:
        raise GradingError(f"no process can be started: {error}") from None
    for _, there in pairs:
        there.close()
    processes = [process, *[None] * (len(pairs) - 1)]
    return [Lane(suite, here, each) for (here, _), each in zip(pairs, processes, strict=True)]


def _joined(numbers: Sequence[int]) -> str:
    return ",".join(map(str, numbers))


class Closable(Protocol):
    """A lane, or what holds one."""

    def hang_up(self) -> None:
        """Tell it to end."""

    def close(self) -> None:
        """Wait until it has ended."""


def close_all(those: Collection[Closable]) -> None:
    """Tell all to end before any is waited for: who has forked others ends after them."""
    for each in those:
        each.hang_up()
    for each in those:
        each.close()


class Lane:
    """One suite process: the one that was started, or one that this one has forked.

    `suite` is the digest of what it has collected.
    """

    def __init__(
        self, suite: str, connection: socket.socket, process: subprocess.Popen[bytes] | None
    ) -> None:
        self.suite, self._connection, self._process = suite, connection, process
        self._connection.settimeout(PATIENCE_SECONDS)
        self._handle, self.number = -1, process.pid if process else 0
        self._answer_owed = True
        self._closing = threading.Lock()  # of whoever comes first

    def ready(self) -> tuple[list[dict[str, Any]], list[str]]:
        """Wait until it has collected; return the tests, and the promises that do not hold."""
        kind, *told = self._answer()
        if kind != "suite":
            self.close()
            raise SuiteError(str(told[0]))
        tests, broken, self.number = told
        try:
            self._handle = os.pidfd_open(self.number)
        except OSError as error:
            raise self._failed(error) from None
        self._answer_owed = False
        return tests, broken

    def ask(self, request: Any) -> dict[str, Any]:
        """Have a submission evaluated; raise GradingError where that fails, and end it if it died."""
        self._answer_owed = True
        kind, value = self._answer(request)
        self._answer_owed = False
        if kind == "broken":
            raise SuiteError(str(value))
        if kind != "verdicts":
            raise GradingError(str(value))
        verdicts: dict[str, Any] = value
        return verdicts

    @property
    def is_open(self) -> bool:
        """Whether it can be asked."""
        return self._connection.fileno() >= 0

    def hang_up(self) -> None:
        """Tell the process to end; one that has forked others ends after they have."""
        with contextlib.suppress(OSError):  # the other end may be gone
            self._connection.shutdown(socket.SHUT_RDWR)
        self._connection.close()

    def close(self) -> None:
        """End the process, its zygote and its workers: at once where an answer is owed."""
        self.hang_up()
        if not self._closing.acquire(blocking=False):
            return
        if not self._has_ended(0 if self._answer_owed else CLOSE_SECONDS):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.number, signal.SIGKILL)
        if self._process:
            self._process.wait()
        if self._handle >= 0:
            os.close(self._handle)

    def _has_ended(self, seconds: float) -> bool:
        if self._handle < 0:  # it never said that it is there: only the one we started may be
            return not self._process
        return bool(select.select([self._handle], [], [], seconds)[0])

    def _answer(self, *requests: Any) -> tuple[Any, ...]:
        """Send what is to be sent, then receive; end a process that cannot be talked to."""
        try:
            for request in requests:
                wire.send(self._connection, 1, request, wire.SOURCES)
            _, answer = wire.receive(self._connection, limits=wire.SOURCES)
        except wire.ClosedError:
            raise self._failed("it ended before it answered") from None
        except (wire.WireError, OSError) as error:
            raise self._failed(error) from None
        told: tuple[Any, ...] = answer
        return told

    def _failed(self, cause: object) -> GradingError:
        self.close()
        return GradingError(f"the suite process failed: {cause}")
