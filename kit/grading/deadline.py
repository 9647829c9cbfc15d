"""How long a worker may take: CPU time is limited tightly, wall time loosely.

A wall clock alone would fail an honest student on a machine that has other work to do; CPU time
alone would wait for ever for one who sleeps.
"""

from __future__ import annotations

import os
import select
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket

    from kit.grading.sandbox import Limits

QUICK_SECONDS = 0.05
PATIENT = 2  # so many times its CPU time may a check take


class Deadline:
    """How long to wait for one answer."""

    def __init__(self, process: int, limits: Limits, check: tuple[float, float]) -> None:
        self._process, self._limits = process, limits
        self._check_wall, self._check_cpu = check
        self._started = time.monotonic()

    def wait(self, connection: socket.socket) -> None:
        """Return when there is something to read; raise TimeoutError, which says what ran out."""
        if _readable(connection, QUICK_SECONDS) and not self._late():
            return
        spent = cpu_seconds(self._process)
        while not _readable(connection, self._left(spent)):
            pass

    def _late(self) -> bool:
        return time.monotonic() - self._check_wall > self._limits.check_seconds

    def _left(self, spent: float) -> float:
        """Return for how long to wait before looking at the clocks again."""
        limits, cpu, now = self._limits, cpu_seconds(self._process), time.monotonic()
        clocks = [
            (limits.call_seconds, cpu - spent + QUICK_SECONDS, "of CPU time"),
            (limits.check_seconds, cpu - self._check_cpu, "of CPU time for one check"),
            (limits.wall_seconds, now - self._started, "without an answer"),
            (PATIENT * limits.check_seconds, now - self._check_wall, "for one check"),
        ]
        for limit, used, what in clocks:
            if used >= limit:
                raise TimeoutError(f"{limit:g} s {what}")
        return max(0.005, min(limit - used for limit, used, _ in clocks))


def _readable(connection: socket.socket, seconds: float) -> bool:
    return bool(select.select([connection], [], [], seconds)[0])


def cpu_seconds(process: int) -> float:
    """Return the CPU time that a process has used (proc(5), fields utime and stime)."""
    try:
        text = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0.0
    after_name = text.rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")
