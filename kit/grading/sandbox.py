"""What a worker gives up before a student's source arrives, in levels that build on one another.

L1  limits of memory, files and output, no new privileges, nothing that others may look into
L2  L1, and a filter of system calls that leaves computing and answering (seccomp(2))
L3  L2, and Landlock with no rule at all: no path, no TCP, no signal (landlock(7))

A worker of root becomes nobody where the system lets it. Time is measured from outside. What a
level is worth on a machine is measured, not believed: see `kit.grading.promises`.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import signal
import sys
from typing import TYPE_CHECKING, Any

from kit.grading import syscalls

with contextlib.suppress(ImportError):  # of Unix only, and the rest is asked everywhere
    import resource

if TYPE_CHECKING:
    from kit.grading.limits import Limits

LEVELS = ("L0", "L1", "L2", "L3")
NOBODY = 65534

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent() -> None:
    """End this process when the thread that started it ends, where prctl(2) is allowed."""
    with contextlib.suppress(OSError):
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def hide() -> None:
    """Let no other process of the same user look into this one, where prctl(2) is allowed."""
    with contextlib.suppress(OSError):
        _prctl(_PR_SET_DUMPABLE, 0)


def give_up_privileges() -> None:
    """Let this thread, and what it starts, gain no privileges (prctl(2)): L1 begins with it."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)


class Sandbox:
    """The layers of a level, built once and entered by every worker."""

    def __init__(self, level: str, limits: Limits) -> None:
        self._level, self._limits = LEVELS.index(level), limits
        self._filter = _system_call_filter() if self._level >= 2 else None
        self._ruleset = _no_path_at_all() if self._level >= 3 else None

    def enter(self, keep: int) -> None:
        """Give up what the level says, and all descriptors from `keep` on, for good."""
        if self._ruleset:
            self._ruleset.restrict()
        os.closerange(keep, 1 << 16)
        os.setsid()
        os.chdir("/")
        if self._level >= 1:
            _become_nobody()
            _limit_resources(self._limits)
            _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            _prctl(_PR_SET_DUMPABLE, 0)
            give_up_privileges()
        if self._filter:
            self._filter.load()


def _become_nobody() -> None:
    if os.geteuid() == 0:
        with contextlib.suppress(OSError):  # a container may know no such user
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)


def _limit_resources(limits: Limits) -> None:
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NOFILE, 64)
    _limit(resource.RLIMIT_MEMLOCK, 0)
    _limit(resource.RLIMIT_AS, int(limits.memory_bytes))
    _limit(resource.RLIMIT_FSIZE, int(limits.file_bytes))


def _limit(which: int, amount: int) -> None:
    _, hard = resource.getrlimit(which)
    if hard != resource.RLIM_INFINITY:
        amount = min(amount, hard)
    resource.setrlimit(which, (amount, amount))


def _prctl(option: int, value: int) -> None:
    if _libc and _libc.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl({option}, {value}) failed")


def _system_call_filter() -> Any:
    import seccompy

    seccompy.supported()  # looks for libc now, which takes a search of the disk
    built = seccompy.Filter(default=seccompy.Action.ERRNO | errno.EPERM)
    _allow_in_part(built, seccompy)
    for name in _known(syscalls.ALLOWED, seccompy):
        built.allow(name)
    for name in _known(syscalls.NO_PATH, seccompy):
        built.errno(name, errno.EACCES)
    built.program  # noqa: B018 - compiles it now, once, and not in every worker
    return built


def _allow_in_part(built: Any, seccompy: Any) -> None:
    """Add the rules that look at arguments; the first rule of a call that fits counts."""
    for name in syscalls.TALK:
        built.allow(name, args={3: 0})
    executable = seccompy.ArgCmp(
        2, seccompy.CmpOp.MASKED_EQ, syscalls.EXECUTABLE, syscalls.EXECUTABLE
    )
    for name in ("mmap", "mprotect"):
        built.errno(name, errno.EPERM, args=[executable])
    for advice in syscalls.HARMLESS_ADVICE:
        built.allow("madvise", args={2: advice})
    for flag in syscalls.FILE_FLAGS:
        built.allow("fcntl", args={1: flag})
    built.allow("prlimit64", args={0: 0, 2: 0})  # to look at one's own limits


def _known(names: tuple[str, ...], seccompy: Any) -> list[str]:
    """Leave out the calls that this processor's Linux has never had."""

    def is_known(name: str) -> bool:
        try:
            seccompy.syscall_nr(name)
        except ValueError:
            return False
        return True

    return [name for name in names if is_known(name)]


def _no_path_at_all() -> Any:
    import landlockpy

    scoped = landlockpy.Scope.SIGNAL | landlockpy.Scope.ABSTRACT_UNIX_SOCKET
    return landlockpy.Ruleset(scoped=scoped)
