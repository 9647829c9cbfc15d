"""What grading asks of the kernel, tried: a level is as good as the calls that come through.

An old kernel answers ENOSYS; a container's seccomp profile answers EPERM or EACCES to what it does
not let through, so a version number proves nothing (seccomp(2), landlock(7)). What is tried on the
way holds for the calling thread alone, and ends with it.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

from kit.grading import sandbox

with suppress(ImportError):  # of Unix only, and the rest is asked everywhere
    import resource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MISSING = {errno.ENOSYS, errno.EOPNOTSUPP}
_PROFILE = "Docker's --security-opt seccomp=FILE, securityContext.seccompProfile of Kubernetes"
_INSTALL = "pip install 'backprop-kit[grade]'"


def best_level() -> tuple[str, str]:
    """Return the best level that can be tried here; why it is not a better one, and what to do."""
    if sys.platform != "linux":
        elsewhere = "grade on a Linux machine or in a Linux container"
        return "L0", f"seccomp and Landlock are Linux's; {elsewhere}"
    try:
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(_try_levels).result()
    except RuntimeError as error:  # of threading, which names no system call
        return "L0", f"{error}; allow clone and clone3 in the seccomp profile of the container"


def missing_call() -> str:
    """Return what no worker can be held without, and what to do; "" where nothing is missing."""
    if sys.platform != "linux":
        return ""
    return next(filter(None, (_tried(*each) for each in _needed())), "")


def _needed() -> Iterator[tuple[str, str, Callable[[], object]]]:
    """Yield the name of each call, the first Linux that has it, and an attempt without effect."""
    yield "pidfd_open", "5.3", lambda: os.close(os.pidfd_open(os.getpid()))
    yield "pidfd_send_signal", "5.1", _signal_nothing
    yield "memfd_create", "3.17", lambda: os.close(os.memfd_create("tried"))


def _signal_nothing() -> None:
    handle = os.pidfd_open(os.getpid())
    try:
        signal.pidfd_send_signal(handle, 0)
    finally:
        os.close(handle)


def _try_levels() -> tuple[str, str]:
    layers = (("L0", _try_limits), ("L1", _try_seccomp), ("L2", _try_landlock))
    for level, attempt in layers:
        if problem := attempt():
            return level, problem
    return "L3", ""


def _try_limits() -> str:
    def set_as_they_are() -> None:
        resource.setrlimit(resource.RLIMIT_CORE, resource.getrlimit(resource.RLIMIT_CORE))

    return _tried("prctl", "3.5", sandbox.give_up_privileges) or _tried(
        "prlimit64", "2.6.36", set_as_they_are
    )


def _try_seccomp() -> str:
    try:
        import seccompy
    except Exception as error:  # noqa: BLE001 - a damaged package raises anything
        return _not_imported("seccompy", error)
    return _tried("seccomp", "3.17", seccompy.Filter(default=seccompy.Action.ALLOW).load)


def _try_landlock() -> str:
    try:
        import landlockpy
    except Exception as error:  # noqa: BLE001 - the same
        return _not_imported("landlockpy", error)

    def create() -> None:
        landlockpy.Ruleset().close()

    def restrict() -> None:
        with landlockpy.Ruleset() as ruleset:
            ruleset.restrict()

    return _tried("landlock_create_ruleset", "5.13", create) or _tried(
        "landlock_restrict_self", "5.13", restrict
    )


def _not_imported(package: str, error: Exception) -> str:
    if isinstance(error, ModuleNotFoundError):
        return f"the package {package} is not installed; {_INSTALL}"
    return f"the package {package} cannot be imported ({error}); {_INSTALL}"


def _tried(name: str, since: str, attempt: Callable[[], object]) -> str:
    """Return why a call does not come through, and what to do; "" where it does."""
    try:
        attempt()
    except AttributeError:
        return f"this Python was built without {name}; use one that was built on Linux {since}"
    except OSError as error:
        if error.errno in _MISSING:
            return f"this kernel has no {name}; use Linux {since} or newer"
        reason = os.strerror(error.errno) if error.errno else str(error)
        return (
            f"{name} is refused ({reason}); in a container, use a seccomp profile "
            f"that allows it ({_PROFILE}), else Linux {since} or newer"
        )
    return ""
