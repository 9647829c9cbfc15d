"""The process that workers are forked from: clean, warm, and ignorant.

It is started afresh with an empty environment, imports NumPy and the kit's core once, and knows
no test, no name and no submission: a worker receives its source over a socket of its own, after
the sandbox is up, so that nothing of one submission is left in the memory of the next.

Its commands come over a socket on standard input: one byte `w` with a worker's socket attached,
answered with the worker's process id; `e` and a process id, answered with how the worker ended.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import struct
import sys
import sysconfig
import time
from pathlib import Path

from kit.grading import sandbox, worker

PID = struct.Struct("<q")
GRACE_SECONDS = 0.2


def main(limits: sandbox.Limits) -> None:
    """Fork workers until the control socket is closed; then end those that are left."""
    control = socket.socket(fileno=os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    _import_from_the_standard_library_only()
    gc.freeze()
    workers: set[int] = set()
    while True:
        command, descriptors, _, _ = socket.recv_fds(control, 1 + PID.size, 1)
        if not command:
            break
        if command[:1] == b"w":
            process = _fork(descriptors[0], control, limits)
            workers.add(process)
            control.sendall(PID.pack(process))
        else:
            (process,) = PID.unpack(command[1:])
            workers.discard(process)
            control.sendall(PID.pack(_end(process)))
    for process in workers:
        _end(process, grace=0.0)


def _import_from_the_standard_library_only() -> None:
    """Forget where else modules lie: what a worker may use of them is imported by now."""
    library = Path(sysconfig.get_path("stdlib"))
    sys.path[:] = [
        path for path in sys.path if Path(path).is_relative_to(library) and "-packages" not in path
    ]


def _fork(descriptor: int, control: socket.socket, limits: sandbox.Limits) -> int:
    process = os.fork()
    if process:
        os.close(descriptor)
        return process
    try:
        control.close()
        connection = socket.socket(fileno=descriptor)
        _close_the_rest(descriptor)
        sandbox.enter(limits)
        worker.serve(connection)
    finally:
        os._exit(0)


def _close_the_rest(descriptor: int) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    os.closerange(3, descriptor)
    os.closerange(descriptor + 1, 256)


def _end(process: int, grace: float = GRACE_SECONDS) -> int:
    """Wait a moment for a worker to end, then kill it; return its wait status, -1 if unknown."""
    deadline = time.monotonic() + grace
    while time.monotonic() < deadline:
        found, status = os.waitpid(process, os.WNOHANG)
        if found:
            return status
        time.sleep(0.002)
    os.kill(process, signal.SIGKILL)
    return os.waitpid(process, 0)[1]


if __name__ == "__main__":
    main(sandbox.Limits(**json.loads(sys.argv[1])))
