"""Measure a command with every process that it starts: wall clock, CPU time, peak of memory.

CPU time is what the kernel adds up for processes that were waited for (getrusage(2)). It goes up
from a killed worker to its zygote, to the suite process, to the command, to us; who loses their
parent on the way becomes our child (prctl(2), PR_SET_CHILD_SUBREAPER). Checked: it is no less than
the scheduler's own sum over all processes, `perf record -e sched:sched_stat_runtime`.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_PR_SET_CHILD_SUBREAPER = 36
_EVERY_SECONDS = 0.05
_ORPHANS_SECONDS = 10.0
_TICKS = os.sysconf("SC_CLK_TCK")
MAIN, WORKERS, REST = "main", "workers", "rest"
ROLES = {"kit.grading.suite": "suite", "kit.grading.zygote": "zygote"}  # by a word of the command


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command took: seconds, MiB of its largest process, and both for each role."""

    wall: float
    cpu: float
    peak: float
    cpu_of: Mapping[str, float]
    peak_of: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Look:
    """What /proc told of one process when it was last seen."""

    role: str
    own: float
    waited: float
    peak: float


def measure(
    command: Sequence[str], cwd: Path, environment: Mapping[str, str], core: int | None = None
) -> tuple[Cost, str]:
    """Run a command, on one core if asked; return its cost and its output. A failure ends us."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    before = _waited_for()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out, tempfile.TemporaryFile("w+") as err:
        started = time.perf_counter()
        with _pinned(core):
            process = subprocess.Popen(command, cwd=cwd, env=environment, stdout=out, stderr=err)
        with Watch(process.pid) as watch:
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
            wall = time.perf_counter() - started
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        _wait_for_orphans()
        if process.returncode:
            raise SystemExit(f"{' '.join(command)} failed:\n{_text(err)[-3000:]}")
        cpu = _waited_for() - before
        cost = Cost(wall, cpu, usage.ru_maxrss / 1024, watch.cpu_of(cpu), watch.peak_of())
        return cost, _text(out)


class Watch(threading.Thread):
    """Looks at the processes of a command every now and then, to know who used the time.

    A process that was forked and runs the program of its parent is left to its parent's sums,
    unless it forks others itself.
    """

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self._root, self._over = root, threading.Event()
        self._looks: dict[int, Look] = {}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()
        self._look()  # the command has ended, and nobody has waited for it: its sums are final

    def run(self) -> None:
        """Look until the command is over."""
        while not self._over.wait(_EVERY_SECONDS):
            self._look()

    def cpu_of(self, total: float) -> dict[str, float]:
        """Return the seconds of each role; what is left of the total is the rest."""
        seconds = {role: self._sum(role, "own") for role in (MAIN, *ROLES.values())}
        seconds[WORKERS] = self._sum("zygote", "waited")
        return {**seconds, REST: total - sum(seconds.values())}

    def peak_of(self) -> dict[str, float]:
        """Return the MiB of the largest process of each role."""
        looks = self._looks.values()
        return {look.role: max(x.peak for x in looks if x.role == look.role) for look in looks}

    def _sum(self, role: str, what: str) -> float:
        found = (getattr(look, what) for look in self._looks.values() if look.role == role)
        return float(sum(found))

    def _look(self) -> None:
        for process, role in _roles(self._root):
            with contextlib.suppress(OSError):  # it has just ended
                own, waited = _cpu_seconds(process)
                peak = max(_peak(process), getattr(self._looks.get(process), "peak", 0.0))
                self._looks[process] = Look(role, own, waited, peak)


def _roles(root: int) -> Iterator[tuple[int, str]]:
    yield root, MAIN
    waiting = [(child, MAIN) for child in _children(root)]
    while waiting:
        process, above = waiting.pop()
        command = _read(process, "cmdline")
        role = next((role for word, role in ROLES.items() if word in command), "")
        children = _children(process)
        if role and (role != above or children):
            yield process, role
        waiting += [(child, role or above) for child in children]


def _children(process: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(OSError):  # it has just ended, or one of its threads has
        for path in Path(f"/proc/{process}/task").glob("*/children"):
            found += [int(number) for number in path.read_text("ascii").split()]
    return found


def _cpu_seconds(process: int) -> tuple[float, float]:
    """Return the CPU time of a process, and that of all it has waited for (proc(5))."""
    fields = Path(f"/proc/{process}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    user, system, waited_user, waited_system = map(int, fields[11:15])
    return (user + system) / _TICKS, (waited_user + waited_system) / _TICKS


def _peak(process: int) -> float:
    lines = _read(process, "status").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def _read(process: int, name: str) -> str:
    try:
        return Path(f"/proc/{process}/{name}").read_text("utf-8", "replace")
    except OSError:
        return ""


def _waited_for() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _wait_for_orphans() -> None:
    deadline = time.monotonic() + _ORPHANS_SECONDS
    with contextlib.suppress(ChildProcessError):  # there is none left
        while time.monotonic() < deadline:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(0.01)
        raise SystemExit("a process goes on after its command has ended: its time is not known")


@contextlib.contextmanager
def _pinned(core: int | None) -> Iterator[None]:
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, before if core is None else {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _text(file: IO[str]) -> str:
    file.seek(0)
    return file.read()
