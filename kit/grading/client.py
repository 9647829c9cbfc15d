"""The trusted end of the socket: start workers, ask them, and never wait for them too long.

`RemoteBench` offers what `kit.bench.Bench` offers, so a hidden test does not know where the
student's parts are. A worker that dies or does not answer in time costs the check that asked.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import kit
from kit.bench import NAME_LIMIT, TEXT_LIMIT, Handle
from kit.errors import GradingError, PartDiedError, PartError, PartTimeoutError
from kit.grading import wire
from kit.grading.deadline import Deadline, cpu_seconds
from kit.grading.zygote import PID

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kit.grading.sandbox import Limits
    from kit.protocols import Array

ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",  # two threads hang once a sandbox forbids new ones
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
}
PATIENCE_SECONDS = 20.0


class Zygote:
    """The process that forks workers, as the trusted side sees it."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._control, there = socket.socketpair()
        self._control.settimeout(PATIENCE_SECONDS)
        # -I: no environment variable, no user folder and no current folder leads to an import.
        code = (
            "import sys; sys.path.append(sys.argv.pop(1));"
            "import runpy; runpy.run_module('kit.grading.zygote', run_name='__main__')"
        )
        home = str(Path(kit.__file__).parent.parent)
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", code, home, json.dumps(asdict(limits))],
            stdin=there.fileno(),
            stdout=subprocess.DEVNULL,
            env=ENVIRONMENT,
            cwd="/",
        )
        there.close()

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

    def spawn(self) -> tuple[int, socket.socket]:
        """Fork a worker; return its process id and the trusted end of its socket."""
        here, there = socket.socketpair()
        try:
            socket.send_fds(self._control, [b"w" + PID.pack(0)], [there.fileno()])
            (process,) = PID.unpack(self._answer())
        except OSError as error:
            here.close()
            raise GradingError(f"no worker could be started: {error}") from None
        finally:
            there.close()
        return process, here

    def end(self, process: int) -> int:
        """End a worker; return its wait status."""
        try:
            self._control.sendall(b"e" + PID.pack(process))
            (status,) = PID.unpack(self._answer())
        except OSError as error:
            raise GradingError(f"a worker could not be ended: {error}") from None
        return int(status)

    def _answer(self) -> bytes:
        answer = self._control.recv(PID.size, socket.MSG_WAITALL)
        if len(answer) != PID.size:
            raise ConnectionError("the process that starts workers has died")
        return answer


class RemoteBench:
    """A bench in a worker process that holds one submission's files."""

    def __init__(self, zygote: Zygote, sources: Mapping[str, str]) -> None:
        self._zygote, self._limits = zygote, zygote.limits
        self._lines = {name: len(text.splitlines()) + 1 for name, text in sources.items()}
        self._process, self._connection = zygote.spawn()
        self._connection.settimeout(self._limits.wall_seconds)
        self._names: dict[int, str] = {}
        self.alive = True
        self.start_check()
        wire.send(self._connection, 0, dict(sources), wire.SOURCES)

    def start_check(self) -> None:
        """Give the next check its own budget of time."""
        self._check_started = time.monotonic(), cpu_seconds(self._process)

    def close(self) -> None:
        """End the worker."""
        if self.alive:
            self._end()

    def make(self, part: str, place: str, arguments: Sequence[Any]) -> Handle:
        """Call the factory of a part."""
        return self._place("make", place, part, place, list(arguments))

    def bare(self, part: str, place: str) -> Handle:
        """Make an object without calling its `__init__`."""
        return self._place("bare", place, part, place)

    def generator(self, seed: int) -> Handle:
        """Keep a random generator."""
        return self._handle(self._ask("generator", "making a generator", seed))

    def call(self, handle: Handle, method: str, arguments: Sequence[Any]) -> tuple[Any, Any]:
        """Return the result of a method, and its arguments after the call."""
        asked = f"{self._names[handle.number]}.{method}"
        answer = self._ask("call", asked, handle, method, list(arguments))
        if not isinstance(answer, tuple) or len(answer) != 2:
            raise self._broken("an answer of another form")
        return answer

    def get(self, handle: Handle, attribute: str) -> Any:
        """Return an attribute."""
        return self._ask("get", f"{self._names[handle.number]}.{attribute}", handle, attribute)

    def set(self, handle: Handle, attribute: str, value: Any) -> None:
        """Set an attribute."""
        asked = f"{self._names[handle.number]}.{attribute}"
        self._ask("set", asked, handle, attribute, value)

    def network(self, steps: Sequence[Handle], loss: Handle) -> Handle:
        """Stack parts into a network."""
        return self._handle(self._ask("network", "making the network", list(steps), loss))

    def gradients(
        self, network: Handle, parameters: Sequence[Mapping[str, Array]], x: Array, y: Array
    ) -> list[dict[str, Array]]:
        """Return the gradient of every parameter."""
        asked = "a step of training"
        slopes = self._ask("gradients", asked, network, list(parameters), x, y)
        if not isinstance(slopes, list) or not all(isinstance(step, dict) for step in slopes):
            raise self._broken("gradients of another form")
        return slopes

    def outputs(self, *_: Any) -> Array:
        """Refuse: a prediction made by a student's process is worth nothing."""
        raise GradingError("predictions are made on the trusted side")

    def _place(self, operation: str, place: str, *arguments: Any) -> Handle:
        name = place.partition(":")[2]
        handle = self._handle(self._ask(operation, f"making {name}", *arguments))
        self._names[handle.number] = name
        return handle

    def _handle(self, answer: Any) -> Handle:
        if not isinstance(answer, Handle):
            raise self._broken("an answer of another form")
        return answer

    def _ask(self, operation: str, asked: str, *arguments: Any) -> Any:
        if not self.alive:
            raise PartDiedError("WorkerDied", "its process had ended before")
        nonce = secrets.randbits(64)
        deadline = Deadline(self._process, self._limits, self._check_started)
        try:
            wire.send(self._connection, nonce, (operation, *arguments), wire.SOURCES)
            answered, reply = wire.receive(self._connection, deadline.wait)
        except TimeoutError as error:
            self._end()
            raise PartTimeoutError("Timeout", f"stopped after {error} in {asked}") from None
        except (wire.ClosedError, ConnectionError):
            raise PartDiedError(
                "WorkerDied", f"its process ended in {asked}: {self._end()}"
            ) from None
        except wire.WireError as error:
            raise self._broken(str(error)) from None
        if answered != nonce:
            raise self._broken("an answer to another question")
        return self._opened(reply)

    def _opened(self, reply: Any) -> Any:
        match reply:
            case ("answer", value):
                return value
            case ("error", (str(name), str(text), str(file), int(line))):
                if not 0 < line <= self._lines.get(file, 0):  # a student may tell any place
                    file, line = "", 0
                raise PartError(name[:NAME_LIMIT], text[:TEXT_LIMIT], file, line)
        raise self._broken("an answer of another form")

    def _broken(self, what: str) -> PartDiedError:
        self.close()
        return PartDiedError("ProtocolError", f"its process broke the protocol: {what}")

    def _end(self) -> str:
        self.alive = False
        self._connection.close()
        return _cause(self._zygote.end(self._process))


def _cause(status: int) -> str:
    if os.WIFSIGNALED(status):
        return f"killed by {signal.Signals(os.WTERMSIG(status)).name}"
    return f"exit code {os.waitstatus_to_exitcode(status)}"
