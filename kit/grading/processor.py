"""Keep two processes that take turns on one processor.

A test and a worker never run at the same time: one asks and waits, the other answers and waits.
On two processors every turn has to wake the other one up, which costs several times the call
itself (measured: 75 microseconds a turn on two, 8 on one); on one, the kernel only switches.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys

ANYWHERE = -1
_libc = ctypes.CDLL(None)


def processors() -> list[int]:
    """Return the processors that this process may use."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):  # a container may refuse the question
            return [*os.sched_getaffinity(0)]
    return [*range(os.cpu_count() or 1)]


def stay(processor: int = ANYWHERE) -> int:
    """Keep this process on a processor, or on the one that the kernel has chosen; return which."""
    if processor == ANYWHERE and hasattr(_libc, "sched_getcpu"):
        processor = int(_libc.sched_getcpu())
    stay_on(processor)
    return processor


def stay_on(processor: int) -> None:
    """Keep this process on a processor, where the system allows that."""
    if processor != ANYWHERE:
        with contextlib.suppress(OSError):
            os.sched_setaffinity(0, {processor})
