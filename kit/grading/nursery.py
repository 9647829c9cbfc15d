"""Where workers come from, as the trusted side sees it: start the zygote, have it fork, end it."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import kit
from kit.errors import GradingError
from kit.grading.process import Process
from kit.grading.processor import ANYWHERE
from kit.grading.zygote import PID

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kit.grading.limits import Limits

ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",  # two threads hang once a sandbox forbids new ones
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
}
PATIENCE_SECONDS = 20.0


class Zygote:
    """The process that forks workers, as the trusted side sees it.

    With `twin_of`, it is not started but forked from that one, and as warm.
    """

    def __init__(
        self,
        limits: Limits,
        level: str,
        modules: Sequence[str] = (),
        twin_of: Zygote | None = None,
    ) -> None:
        self.limits, self.level, self.modules = limits, level, modules
        self.on_processor = ANYWHERE
        self._control, there = socket.socketpair()
        self._control.settimeout(PATIENCE_SECONDS)
        self._process: subprocess.Popen[bytes] | None = None
        with there:
            if twin_of:
                self._handle = twin_of.fork(there.fileno())
            else:
                self._process = self._start(there.fileno())
                self._handle = os.pidfd_open(self._process.pid)
        self._ready = False

    def _start(self, control: int) -> subprocess.Popen[bytes]:
        # -s -P: no user folder and no current folder leads to an import; not -I, which would drop
        # the seed of hashes from the environment, and with it the order of sets.
        code = (
            "import sys; sys.path.append(sys.argv.pop(1));"
            "import runpy; runpy.run_module('kit.grading.zygote', run_name='__main__')"
        )
        home = str(Path(kit.__file__).parent.parent)
        about = [json.dumps(asdict(self.limits)), self.level, *self.modules]
        try:
            return subprocess.Popen(
                [sys.executable, "-s", "-P", "-c", code, home, *about],
                stdin=control,
                stdout=subprocess.DEVNULL,
                env=ENVIRONMENT,
                cwd="/",
            )
        except OSError as error:
            raise GradingError(f"no process can be started: {error}") from None

    @property
    def alive(self) -> bool:
        """Whether it can still be asked."""
        return not self._has_ended(0)

    def close(self) -> None:
        """End the zygote and every worker of it."""
        self.leave()
        if not self._has_ended(PATIENCE_SECONDS):
            signal.pidfd_send_signal(self._handle, signal.SIGKILL)
        if self._process:
            self._process.wait()
        os.close(self._handle)

    def leave(self) -> None:
        """Ask it nothing more: it ends when nobody does who was forked with this object either."""
        self._control.close()

    def fork(self, control: int) -> int:
        """Have it fork a twin that is asked over another socket; return a handle of its process."""
        self.wait()
        try:
            socket.send_fds(self._control, [b"t" + PID.pack(0)], [control])
            _, handle = _started(self._answer())
        except OSError as error:
            raise GradingError(f"no twin could be forked: {error.strerror or error}") from None
        return handle

    def _has_ended(self, seconds: float) -> bool:
        return bool(select.select([self._handle], [], [], seconds)[0])

    def wait(self) -> None:
        """Wait until it has imported all; a copy of this object must not be made before.

        It says so once, and whoever hears it first is the only one to know.
        """
        if not self._ready:
            try:
                self._answer()
            except OSError as error:
                raise GradingError(f"no worker can be started: {error}") from None
            self._ready = True

    def spawn(self) -> Process:
        """Fork a worker."""
        self.wait()
        process = Process(self.limits.wall_seconds)
        try:
            socket.send_fds(
                self._control, [b"w" + PID.pack(self.on_processor)], process.descriptors
            )
            process.started(*_started(self._answer()))
        except OSError as error:
            process.close()
            raise GradingError(f"no worker could be started: {error.strerror or error}") from None
        return process

    def end(self, process: Process) -> int:
        """End a worker that has hung up; return its wait status."""
        try:
            self._control.sendall(b"e" + PID.pack(process.number))
            status, _ = self._answer()
        except OSError as error:
            raise GradingError(f"a worker could not be ended: {error}") from None
        return status

    def _answer(self) -> tuple[int, int]:
        """Return the number in an answer, and the descriptor that came with it, else -1."""
        answer, descriptors, _, _ = socket.recv_fds(self._control, PID.size, 1)
        if len(answer) != PID.size:
            raise ConnectionError("the process that starts workers has died")
        (number,) = PID.unpack(answer)
        return number, descriptors[0] if descriptors else -1


def _started(answer: tuple[int, int]) -> tuple[int, int]:
    """Return the answer about a new process; raise OSError where there is none."""
    number, _ = answer
    if number < 0:
        raise OSError(
            -number,
            f"fork is refused ({os.strerror(-number)}); allow clone in the seccomp profile of the "
            "container, or more processes (ulimit -u)",
        )
    return answer
