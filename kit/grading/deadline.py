"""How long a worker may take: CPU time is limited tightly, wall time loosely.

A wall clock alone would fail an honest student on a machine that has other work to do; CPU time
alone would wait for ever for one who sleeps.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kit.grading.limits import Limits

QUICK_SECONDS = 0.05  # so long nobody looks at the clock
PATIENT = 2  # so many times its CPU time may a check take


class Deadline:
    """When a worker's time is up: for the call at hand, and for the check that it is part of."""

    def __init__(self, process: int, limits: Limits) -> None:
        self._process, self._limits = process, limits
        self.start_check()

    def start_check(self) -> None:
        """Give the next check its own budget of time."""
        self._check_wall = time.monotonic()
        self._check_cpu: float | None = None  # to look at it takes longer than most checks

    def start_call(self) -> None:
        """Give the next call its own budget; raise TimeoutError where the check's is used up."""
        self._call_wall = time.monotonic()
        self._call_cpu: float | None = None
        if self._call_wall - self._check_wall > self._limits.check_seconds:
            self.look()

    def look(self) -> None:
        """Raise TimeoutError, which says what ran out, if something has."""
        now = time.monotonic()
        if now - self._call_wall < QUICK_SECONDS and self._call_cpu is not None:
            return
        cpu = cpu_seconds(self._process)
        if self._call_cpu is None:
            self._call_cpu = cpu - min(now - self._call_wall, QUICK_SECONDS)
        if self._check_cpu is None:
            self._check_cpu = self._call_cpu
        limits = self._limits
        for limit, used, what in [
            (limits.call_seconds, cpu - self._call_cpu, "of CPU time"),
            (limits.check_seconds, cpu - self._check_cpu, "of CPU time for one check"),
            (limits.wall_seconds, now - self._call_wall, "without an answer"),
            (PATIENT * limits.check_seconds, now - self._check_wall, "for one check"),
        ]:
            if used >= limit:
                raise TimeoutError(f"{limit:g} s {what}")


def cpu_seconds(process: int) -> float:
    """Return the CPU time that a process has used (proc(5), fields utime and stime)."""
    try:
        text = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0.0
    after_name = text.rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")
