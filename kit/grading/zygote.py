"""The process that workers are forked from: clean, warm, and ignorant.

It is started afresh with an empty environment, imports what a submission may import, and knows no
test, no name and no submission: a worker receives its source over a socket of its own, after the
sandbox is up, so that nothing of one submission is left in the memory of the next.

Its commands come over a socket on standard input: `w` and a processor, with the worker's
descriptors attached, answered with its process id and a descriptor of the process; `e` and a
process id, answered with how that worker ended; `t` with a socket, which a twin of this process
then answers, as this one is answered.
"""

from __future__ import annotations

import contextlib
import errno
import faulthandler
import gc
import json
import os
import signal
import socket
import struct
import sys
import time
import traceback
from typing import TYPE_CHECKING, Any

from kit.grading import preload, worker
from kit.grading.children import wait_for
from kit.grading.limits import Limits
from kit.grading.processor import stay_on
from kit.grading.sandbox import Sandbox, hide
from kit.harness.imports import builtins_offering

if TYPE_CHECKING:
    from collections.abc import Mapping

PID = struct.Struct("<q")
GRACE_SECONDS = 0.2
OUTPUT, CONNECTION, TRACE = 1, 3, 4  # descriptors of a worker; 2 is OUTPUT too


class Workers:
    """The workers that are alive, and how those that have ended did."""

    def __init__(self, sandbox: Sandbox, builtins: Mapping[str, Any]) -> None:
        self._sandbox, self._builtins = sandbox, builtins
        self._alive: set[int] = set()
        self._ended: dict[int, int] = {}

    def start(self, descriptors: list[int], on_processor: int) -> int:
        """Fork a worker with these descriptors; return its process id, or as `_fork` does."""
        self._reap()
        self._ended.clear()
        process = _fork()
        if process == 0:
            stay_on(on_processor)
            _become_worker(self._sandbox, descriptors, self._builtins)
        if process > 0:
            self._alive.add(process)
        for descriptor in descriptors:
            os.close(descriptor)
        return process

    def end(self, process: int, grace: float = GRACE_SECONDS) -> int:
        """Wait a moment for a worker to end, then kill it; return its wait status."""
        deadline = time.monotonic() + grace
        self._reap()
        while process in self._alive:
            if time.monotonic() >= deadline:
                os.kill(process, signal.SIGKILL)
            time.sleep(0.001)
            self._reap()
        return self._ended.pop(process, -1)

    def end_all(self) -> None:
        """Kill those that are left."""
        for process in list(self._alive):
            self.end(process, grace=0.0)

    def _reap(self) -> None:
        with contextlib.suppress(ChildProcessError):
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                self._alive.discard(found[0])
                self._ended[found[0]] = found[1]


def main(limits: Limits, level: str, modules: list[str]) -> None:
    """Fork workers until the control socket is closed; then end those that are left."""
    hide()
    control = socket.socket(fileno=os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)  # stays open: a worker's numbers are taken by now
    sandbox = Sandbox(level, limits)
    preload.preload(modules)
    builtins = builtins_offering(modules)
    os.environ.clear()  # OpenBLAS has read it by now
    gc.collect()
    gc.freeze()  # a collection in a worker would copy what it shares with us
    serving: socket.socket | None = control
    while serving:
        serving = _serve(serving, Workers(sandbox, builtins))


def _serve(control: socket.socket, workers: Workers) -> socket.socket | None:
    """Answer until nobody asks; in a twin, return the socket that it is to answer instead."""
    twins = []
    with control, contextlib.suppress(ConnectionError):  # who asked was killed
        control.sendall(PID.pack(os.getpid()))
        while True:
            command, descriptors, _, _ = socket.recv_fds(control, 1 + PID.size, 3)
            if not command:
                break
            number = PID.unpack(command[1:])[0]
            match command[:1]:
                case b"w":
                    _tell(control, workers.start(descriptors, number))
                case b"t":
                    twin = _fork()
                    if twin == 0:
                        return socket.socket(fileno=descriptors[0])
                    os.close(descriptors[0])
                    if twin > 0:
                        twins.append(twin)
                    _tell(control, twin)
                case b"e":
                    control.sendall(PID.pack(workers.end(number)))
    workers.end_all()
    wait_for(twins)
    return None


def _fork() -> int:
    """Fork; return the negative number of the error where that is refused (errno(3))."""
    try:
        return os.fork()
    except OSError as error:
        return -(error.errno or errno.EAGAIN)


def _tell(control: socket.socket, process: int) -> None:
    if process < 0:
        control.sendall(PID.pack(process))
        return
    handle = os.pidfd_open(process)
    socket.send_fds(control, [PID.pack(process)], [handle])
    os.close(handle)


def _become_worker(sandbox: Sandbox, descriptors: list[int], builtins: Mapping[str, Any]) -> None:
    code = 1
    try:
        connection, output, trace = descriptors
        for target, source in (
            (CONNECTION, connection),
            (OUTPUT, output),
            (2, output),
            (TRACE, trace),
        ):
            os.dup2(source, target)
        faulthandler.enable(TRACE, all_threads=False)
        faulthandler.register(signal.SIGUSR1, TRACE, all_threads=False)
        sandbox.enter(keep=TRACE + 1)
        worker.serve(socket.socket(fileno=CONNECTION), builtins)
        code = 0
    except BaseException:  # noqa: BLE001 - a worker has nobody above it to tell
        os.write(OUTPUT, traceback.format_exc().encode(errors="replace"))
    finally:
        os._exit(code)


if __name__ == "__main__":
    main(Limits(**json.loads(sys.argv[1])), sys.argv[2], sys.argv[3:])
