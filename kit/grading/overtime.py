"""A limit of time for trusted code: a hidden test or a fixture may never end.

Signals do it, so that a sleep and a lock are interrupted as well as a loop. The time that a
student's process takes does not count: it has limits of its own.
"""

from __future__ import annotations

import contextlib
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

AGAIN_SECONDS = 1.0  # a test may catch the exception and go on
GRACE_SECONDS = 10.0  # after that the kernel ends a process that stays inside a function of C's


class OvertimeError(BaseException):
    """Trusted code did not end in time. It is no Exception, so that few tests catch it."""


@contextlib.contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise OvertimeError where the code inside takes longer; for the main thread alone."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise OvertimeError(f"it had not ended after {seconds:g} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN_SECONDS)
    signal.setitimer(signal.ITIMER_PROF, seconds + GRACE_SECONDS)  # its signal kills
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def paused() -> Iterator[None]:
    """Stop the clock of `limited`, if it runs, while another process is waited for."""
    left, _ = signal.setitimer(signal.ITIMER_REAL, 0)
    try:
        yield
    finally:
        if left:
            signal.setitimer(signal.ITIMER_REAL, left, AGAIN_SECONDS)
