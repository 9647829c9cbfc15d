"""End a test whose code never returns: `-p kit.testing.watchdog`, for the student's own runs.

A timer interrupts the main thread as Ctrl-C would, so that the test fails with the line that was
running, and the next test gets its turn. Code that swallows even this is left to pytest's
`faulthandler_exit_on_timeout`.
"""

from __future__ import annotations

import _thread
import signal
import threading
import traceback
from contextlib import contextmanager
from pathlib import PurePath
from typing import TYPE_CHECKING

import pytest

from kit.errors import PartTimeoutError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

SECONDS = 10.0


def pytest_configure() -> None:
    """Have the interrupt arrive, even where a shell has started us in the background."""
    if signal.getsignal(signal.SIGINT) in {signal.SIG_IGN, signal.SIG_DFL}:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Generator[None, None, None]:
    """Watch the fixtures, which make the student's parts."""
    with _watched():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, None, None]:
    """Watch the test."""
    with _watched():
        return (yield)


@contextmanager
def _watched() -> Iterator[None]:
    rang = threading.Event()

    def ring() -> None:
        rang.set()
        _thread.interrupt_main()

    timer = threading.Timer(SECONDS, ring)
    timer.daemon = True
    timer.start()
    try:
        yield
    except KeyboardInterrupt as interrupt:
        if not rang.is_set():
            raise
        text = f"no answer within {SECONDS:g} s"
        error = PartTimeoutError("Timeout", text, *_place(interrupt))
        for note in getattr(interrupt, "__notes__", []):
            error.add_note(note)
        raise error from None
    finally:
        timer.cancel()


def _place(interrupt: KeyboardInterrupt) -> tuple[str, int]:
    """Return the last line of a student's file: a bench knows these by their bare names."""
    frames = traceback.extract_tb(interrupt.__traceback__)
    own = [frame for frame in frames if PurePath(frame.filename).name == frame.filename]
    return (own[-1].filename, own[-1].lineno or 0) if own else ("", 0)
