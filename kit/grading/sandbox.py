"""What a worker gives up before a student's source arrives: limits, privileges, descriptors.

This is level L1: limits of memory, file size and files, no core dumps, no new privileges, and a
process that other processes of the same user cannot look into and that ends with the one that
started it (setrlimit(2), prctl(2)); time is measured from outside. It keeps accidents in;
`BROKEN` names the promises that it does not make.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from kit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

LEVEL = "L1"
BROKEN = (
    "no file is read",
    "no file is written",
    "no folder is listed",
    "no other process is signalled",
    "no process is started",
    "no network is reached",
)

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a worker may use; `[limits]` in the manifest overrides any of these.

    Seconds of CPU for one call and for a whole check, seconds of wall clock for one call, bytes
    of memory, bytes of any one file.
    """

    call_seconds: float = 2.0
    check_seconds: float = 30.0
    wall_seconds: float = 10.0
    memory_bytes: int = 1 << 30
    file_bytes: int = 1 << 20

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> Limits:
        """Take the limits of a manifest; raise UsageError for a name or a number that is none."""
        known = {field.name for field in fields(cls)}
        for name, value in table.items():
            if name not in known:
                raise UsageError(f"no limit is called {name!r}; there are: {', '.join(known)}")
            if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
                raise UsageError(f"the limit {name} is a number above 0, not {value!r}")
        return replace(cls(), **table)


def enter(limits: Limits) -> None:
    """Give up what a worker does not need; it cannot be taken back."""
    os.setsid()
    os.chdir("/")
    os.environ.clear()
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NOFILE, 64)
    _limit(resource.RLIMIT_AS, int(limits.memory_bytes))
    _limit(resource.RLIMIT_FSIZE, int(limits.file_bytes))
    if sys.platform == "linux":
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        _prctl(_PR_SET_DUMPABLE, 0)
        _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def _limit(which: int, amount: int) -> None:
    _, hard = resource.getrlimit(which)
    if hard != resource.RLIM_INFINITY:
        amount = min(amount, hard)
    resource.setrlimit(which, (amount, amount))


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
