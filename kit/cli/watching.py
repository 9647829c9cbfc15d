"""End a call of a student's that never returns, and know in which line it was stopped.

A thread looks at the main thread. A call into a student's file that lasts too long is interrupted
as Ctrl-C would; code that goes on even then ends with the whole command. A debugger may wait.
"""

from __future__ import annotations

import _thread
import os
import signal
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kit.loading import is_of_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

SECONDS = 10.0
LOOKS = 0.25  # seconds between two looks
PATIENCE = 2.0  # seconds of interrupts, one a second, before the command ends itself
DEBUGGERS = {"bdb", "pdb"}


class Watch:
    """Watches the main thread; `place` is the line at which a call was stopped, if one was."""

    def __init__(self) -> None:
        self.place: tuple[str, int] | None = None
        self._ended = threading.Event()

    def run(self) -> None:
        """Look again and again, until the watch ends."""
        call, since, next_ring = None, 0.0, SECONDS
        while not self._ended.wait(LOOKS):
            frame = sys._current_frames().get(threading.main_thread().ident or 0)  # noqa: SLF001 - the way to see it
            found = _call(frame)
            if found is None or found is not call:
                call, since, next_ring = found, time.monotonic(), SECONDS
            lasts = time.monotonic() - since
            if call is not None and lasts >= SECONDS + PATIENCE:
                self._end()
            elif call is not None and lasts >= next_ring:
                self.place = self.place or _line(frame)
                next_ring += 1.0
                _interrupt()
            del frame, found

    def end(self) -> None:
        """Look no more."""
        self._ended.set()

    def _end(self) -> None:
        file, line = self.place or ("", 0)
        os.write(
            2, f"kit: {unanswered()}; it cannot be interrupted ({file}, line {line})\n".encode()
        )
        os._exit(1)


def unanswered() -> str:
    """Say what is the matter."""
    return f"your code did not return within {SECONDS:g} s"


@contextmanager
def watched() -> Iterator[Watch]:
    """Watch what happens here."""
    is_ignored = signal.getsignal(signal.SIGINT) in {signal.SIG_IGN, signal.SIG_DFL}
    if is_ignored and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)  # as in a shell's background
    watch = Watch()
    threading.Thread(target=watch.run, daemon=True).start()
    try:
        yield watch
    finally:
        watch.end()


def _interrupt() -> None:
    main = threading.main_thread().ident
    if hasattr(signal, "pthread_kill") and main:
        signal.pthread_kill(main, signal.SIGINT)  # a signal also wakes a call that sleeps
    else:
        _thread.interrupt_main()


def _call(frame: FrameType | None) -> FrameType | None:
    """Return the outermost frame of a student's file; none while a debugger waits."""
    found = None
    while frame is not None:
        if frame.f_globals.get("__name__") in DEBUGGERS:
            return None
        if is_of_file(frame):
            found = frame
        frame = frame.f_back
    return found


def _line(frame: FrameType | None) -> tuple[str, int]:
    """Return the file and line where a student's code is."""
    while frame is not None and not is_of_file(frame):
        frame = frame.f_back
    return (frame.f_code.co_filename, frame.f_lineno) if frame is not None else ("", 0)
