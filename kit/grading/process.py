"""A worker process, as the trusted side holds it: its socket, its output, and the means to end it.

What it prints, and where it is when it is stopped, it writes into files in memory that are ours
(memfd_create(2)): bounded, and read only when there is something to explain.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import struct
import time
from typing import TYPE_CHECKING

from kit.grading.deadline import QUICK_SECONDS

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

TRACE_SECONDS = 0.2
_FRAME = re.compile(r'^  File "([^"\n]*)", line (\d+) in ', re.MULTILINE)
_LOADING = re.compile(r'^  File "([\w.]+)", line \d+ in <module>$', re.MULTILINE)


class Process:
    """One worker: forked by the zygote, ended by us through its pidfd (pidfd_send_signal(2))."""

    def __init__(self, wall_seconds: float) -> None:
        self.connection, self._there = socket.socketpair()
        self._output, self._trace = os.memfd_create("output"), os.memfd_create("trace")
        self.number, self._handle = 0, -1
        wait(self.connection, socket.SO_RCVTIMEO, QUICK_SECONDS)
        wait(self.connection, socket.SO_SNDTIMEO, wall_seconds)

    @property
    def descriptors(self) -> list[int]:
        """What the worker gets: its socket, and the files for its output and its trace."""
        return [self._there.fileno(), self._output, self._trace]

    def started(self, number: int, handle: int) -> None:
        """Take over the process that the zygote has forked."""
        self.number, self._handle = number, handle
        self._there.close()

    def close(self) -> None:
        """End it now, and forget it."""
        if self._handle >= 0:
            self.signal(signal.SIGKILL)
            os.close(self._handle)
        for descriptor in (self._output, self._trace):
            os.close(descriptor)
        self.connection.close()
        self._there.close()

    def signal(self, number: int) -> None:
        """Send it a signal; one that has ended takes none."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._handle, number)

    def ask_for_trace(self) -> None:
        """Let it write down where it is, however busy it is; wait a moment for it."""
        os.ftruncate(self._trace, 0)
        self.signal(signal.SIGUSR1)
        deadline = time.monotonic() + TRACE_SECONDS
        while not os.fstat(self._trace).st_size and time.monotonic() < deadline:
            time.sleep(0.002)
        time.sleep(0.002)  # for the rest of what it writes

    def place(self, lines: Mapping[str, int]) -> tuple[str, int]:
        """Return the innermost place in the student's files that it has told, else "" and 0.

        It may tell anything: what counts is a file that was handed in and a line that it has.
        """
        text = os.pread(self._trace, 1 << 16, 0).decode(errors="replace")
        for file, number in _FRAME.findall(text):
            if len(number) < 8 and 0 < int(number) <= lines.get(file, 0):
                return file, int(number)
        return "", 0

    def loading(self, files: Container[str]) -> str:
        """Return the file that was being loaded, as far as it has told, else ""."""
        text = os.pread(self._trace, 1 << 16, 0).decode(errors="replace")
        found = _LOADING.search(text)
        return found[1] if found and found[1] in files else ""

    def printed(self) -> str:
        """Return the end of what it has printed."""
        size = os.fstat(self._output).st_size
        return os.pread(self._output, 500, max(0, size - 500)).decode(errors="replace")


def wait(connection: socket.socket, option: int, seconds: float) -> None:
    """Let the kernel end a call on a socket after some time (socket(7))."""
    whole, rest = divmod(seconds, 1)
    value = struct.pack("@ll", int(whole), int(rest * 1e6))
    connection.setsockopt(socket.SOL_SOCKET, option, value)
