"""Measure what a sandbox holds on this machine: try what it forbids, and see what comes of it.

A mechanism that is there may still not hold (an old kernel, a container's own rules), so each
promise is tested by behaviour, from inside a worker, before the first submission. What comes out
is written into every Record.
"""

from __future__ import annotations

import socket
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from kit.errors import GradingError, PartDiedError, PartError
from kit.grading.client import RemoteBench

if TYPE_CHECKING:
    from kit.grading.nursery import Zygote

PROMISES = {
    "read": "no file is read",
    "write": "no file is written",
    "see": "no file is seen to exist",
    "list_folder": "no folder is listed",
    "execute": "no program is executed",
    "start_process": "no process is started",
    "start_thread": "no thread is started",
    "signal": "no other process is signalled",
    "look_into": "no other process is looked into",
    "trace": "no other process is traced",
    "send_tcp": "nothing is sent over TCP",
    "send_udp": "nothing is sent over UDP",
    "send_local": "nothing is sent over a local socket",
    "lock": "no lock is taken that others could see",
    "use_memory": "memory is limited",
    "raise_limits": "limits cannot be raised",
}
PROBE = Path(__file__).with_name("probe.py")


def broken_promises(zygote: Zygote) -> tuple[str, ...]:
    """Return the promises that the workers of this zygote do not keep here."""
    with ExitStack() as stack:
        targets = _targets(stack)
        prober = Prober(zygote)
        stack.callback(prober.close)
        return tuple(
            promise
            for method, promise in PROMISES.items()
            if prober.reaches(method, targets.get(method, ""))
        )


class Prober:
    """A worker that tries what is forbidden; where that kills it, there is another one."""

    def __init__(self, zygote: Zygote) -> None:
        self._zygote = zygote
        self._bench: RemoteBench | None = None

    def reaches(self, method: str, target: str) -> bool:
        """Whether a probe comes through to its target."""
        if self._bench is None or not self._bench.alive:
            self._bench = self._started()
            self._probe = self._bench.make("activation:probe", f"{PROBE.name}:Probe", ())
        try:
            return self._bench.call(self._probe, method, [target])[0] is True
        except PartDiedError:  # the kernel has killed it: it did not come through
            return False
        except PartError as error:
            raise GradingError(f"the probe {method!r} is broken: {error}") from None

    def _started(self) -> RemoteBench:
        try:
            return RemoteBench(self._zygote, {PROBE.name: PROBE.read_text(encoding="utf-8")})
        except PartDiedError as error:
            printed = " ".join(getattr(error, "__notes__", ())).strip().rpartition("\n")[2]
            raise GradingError(
                f"a worker cannot enter the sandbox: {printed or error.text}"
            ) from None

    def close(self) -> None:
        """End the worker."""
        if self._bench:
            self._bench.close()


def _targets(stack: ExitStack) -> dict[str, str]:
    """Make what the probes aim at; every user may reach it, so only the sandbox holds them back."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kit-probe-")))
    folder.chmod(0o777)
    program = folder / "program"
    program.write_bytes(b"neither a script nor a binary")
    program.chmod(0o755)
    tcp, udp, local = (
        stack.enter_context(socket.socket(family, kind))
        for family, kind in (
            (socket.AF_INET, socket.SOCK_STREAM),
            (socket.AF_INET, socket.SOCK_DGRAM),
            (socket.AF_UNIX, socket.SOCK_STREAM),
        )
    )
    for listener in (tcp, udp):
        listener.bind(("127.0.0.1", 0))
    local.bind("")  # the kernel chooses an abstract name
    for listener in (tcp, local):
        listener.listen()
    return {
        **dict.fromkeys(("read", "see", "execute"), str(program)),
        "write": str(folder / "written"),
        "list_folder": str(folder),
        "send_tcp": str(tcp.getsockname()[1]),
        "send_udp": str(udp.getsockname()[1]),
        "send_local": local.getsockname().decode("latin-1"),
    }
