"""Where workers come from, as the trusted side sees it: start the zygote, have it fork, end it."""

from __future__ import annotations

import json
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
    """The process that forks workers, as the trusted side sees it."""

    def __init__(self, limits: Limits, level: str, modules: Sequence[str] = ()) -> None:
        self.limits, self.level = limits, level
        self.on_processor = ANYWHERE
        self._control, there = socket.socketpair()
        self._control.settimeout(PATIENCE_SECONDS)
        # -s -P: no user folder and no current folder leads to an import; not -I, which would drop
        # the seed of hashes from the environment, and with it the order of sets.
        code = (
            "import sys; sys.path.append(sys.argv.pop(1));"
            "import runpy; runpy.run_module('kit.grading.zygote', run_name='__main__')"
        )
        home = str(Path(kit.__file__).parent.parent)
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-s",
                "-P",
                "-c",
                code,
                home,
                json.dumps(asdict(limits)),
                level,
                *modules,
            ],
            stdin=there.fileno(),
            stdout=subprocess.DEVNULL,
            env=ENVIRONMENT,
            cwd="/",
        )
        there.close()
        self._ready = False

    @property
    def alive(self) -> bool:
        """Whether it can still be asked."""
        return self._process.poll() is None

    def close(self) -> None:
        """End the zygote and every worker of it."""
        self._control.close()
        try:
            self._process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

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
            process.started(*self._answer())
        except OSError as error:
            process.close()
            raise GradingError(f"no worker could be started: {error}") from None
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
