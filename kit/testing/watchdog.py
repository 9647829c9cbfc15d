"""End a call that never returns: `-p kit.testing.watchdog`, for the student's own runs.

A thread looks at the call that is under way. One that takes too long is interrupted as by Ctrl-C,
so that the test fails with the line that was running; the other tests of that part are skipped.
Code that swallows every interrupt is left where it is: the thread prints the results and ends the
process. Code that does not even let a thread run is ended by `faulthandler`.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from kit.errors import PartError, PartTimeoutError
from kit.harness.student_side import CALL
from kit.testing.hangs import Hangs

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from types import FrameType

    from kit.testing.results import Results

FIRST_SECONDS = 4.0
LATER_SECONDS = 1.5  # for the calls after the first one that was stopped
INSIST_SECONDS = 1.5  # how long code may swallow interrupts
DEAF_SECONDS = 7.0  # how long it may keep every thread from running
LOOK_SECONDS = 0.1

WATCHDOG = pytest.StashKey["Watchdog"]()


class Watchdog:
    """Looks at the calls of a session, from a thread of its own."""

    def __init__(self) -> None:
        self.hangs = Hangs()
        self.item: pytest.Item | None = None
        self.is_from_outside = False  # whether Ctrl-C was pressed
        self._rang = self._looked = 0.0
        self._is_ringing = False
        self._ended = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    @property
    def seconds(self) -> float:
        """How long a call may take."""
        return LATER_SECONDS if self.hangs else FIRST_SECONDS

    def stop(self) -> None:
        """Look no more."""
        self._ended.set()
        faulthandler.cancel_dump_traceback_later()

    @contextmanager
    def watching(self, item: pytest.Item) -> Iterator[None]:
        """Turn the interrupt of a call in a test into a PartTimeoutError."""
        self.item, limit = item, self.seconds
        try:
            yield
        except KeyboardInterrupt as interrupt:
            if self.is_from_outside:
                raise
            rang, self._rang = self._rang, 0.0
            raise self._explained(item, interrupt, limit if rang else 0.0) from None
        finally:
            self.item = None

    def _explained(
        self, item: pytest.Item, interrupt: KeyboardInterrupt, limit: float
    ) -> PartError:
        file, line, name = self.hangs.place(interrupt.__traceback__)
        error = PartError("KeyboardInterrupt", "", file, line)  # of the student's own
        if limit:
            error = PartTimeoutError("Timeout", f"no answer within {limit:g} s", file, line)
            self.hangs.remember(item, error, name)
        for note in getattr(interrupt, "__notes__", []):
            error.add_note(note)
        return error

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        """Raise KeyboardInterrupt, and know whether it was us who asked for it."""
        self.is_from_outside = self.is_from_outside or not self._is_ringing
        self._is_ringing = False
        signal.default_int_handler(number, frame)

    def _watch(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            self._stay_awake()
            started, now = CALL.started, time.monotonic()
            if started and self.item and now - started > self.seconds:
                if now - started > self.seconds + INSIST_SECONDS:
                    self._end_run(self.item)
                self._ring()

    def _stay_awake(self) -> None:
        """Have the process ended if this thread is not let run again."""
        if time.monotonic() - self._looked > 1.0 and sys.__stderr__:
            self._looked = time.monotonic()
            faulthandler.dump_traceback_later(DEAF_SECONDS, exit=True, file=sys.__stderr__)

    def _ring(self) -> None:
        self._rang, self._is_ringing = time.monotonic(), True
        if hasattr(signal, "pthread_kill"):  # wakes what sleeps or waits
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        else:
            signal.raise_signal(signal.SIGINT)

    def _end_run(self, item: pytest.Item) -> NoReturn:
        """Print the results in the place of the main thread, which does not come back."""
        frame = sys._current_frames().get(threading.main_thread().ident or 0)  # noqa: SLF001
        file, line, name = self.hangs.place_of_frame(frame)
        error = PartTimeoutError("Timeout", f"no answer within {self.seconds:g} s", file, line)
        self.hangs.remember(item, error, name)
        self._ended.set()
        try:
            end_session(item, error)
        finally:
            os._exit(1)


def end_session(item: pytest.Item, error: Exception) -> None:
    """Report a test as failed, those after it as skipped, and have pytest print its summary."""
    from kit.testing.reporting import failed_report
    from kit.testing.results import RESULTS

    config, session = item.config, item.session
    if capture := config.pluginmanager.get_plugin("capturemanager"):
        capture.suspend_global_capture(in_=True)
    item.ihook.pytest_runtest_logreport(report=failed_report(item, error))
    results: Results = config.stash[RESULTS]
    for later in session.items[session.items.index(item) + 1 :]:
        results.count(later)
    config.hook.pytest_sessionfinish(session=session, exitstatus=pytest.ExitCode.TESTS_FAILED)
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream:
            stream.flush()


def pytest_configure(config: pytest.Config) -> None:
    """Have the interrupt arrive, even where a shell has started us in the background."""
    config.stash[WATCHDOG] = watchdog = Watchdog()
    handler: Any = signal.getsignal(signal.SIGINT)
    if handler in {signal.SIG_IGN, signal.SIG_DFL, signal.default_int_handler}:
        signal.signal(signal.SIGINT, watchdog.on_signal)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Let the thread end."""
    config.stash[WATCHDOG].stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, None, None]:
    """Skip a test of a part that was stopped; watch the fixtures, which make the parts."""
    watchdog = item.config.stash[WATCHDOG]
    if reason := watchdog.hangs.reason(item):
        pytest.skip(reason)
    with watchdog.watching(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Watch the test."""
    with item.config.stash[WATCHDOG].watching(item):
        return (yield)
