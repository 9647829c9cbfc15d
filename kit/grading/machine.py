"""Look at this machine: what a worker is held back from at each level, measured, not believed."""

from __future__ import annotations

import platform
import sys
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

import numpy as np

import kit
from kit.errors import KitError
from kit.grading.kernel import best_level, missing_call
from kit.grading.levels import LEAST
from kit.grading.limits import Limits
from kit.grading.nursery import Zygote
from kit.grading.processor import processors
from kit.grading.promises import broken_promises
from kit.grading.sandbox import LEVELS

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Machine:
    """What was found: the best level there is, why not a better one, and what is broken at each.

    `broken` has the levels that were tried; `failed` those that did not start, with the cause.
    """

    best: str
    why: str
    broken: Mapping[str, tuple[str, ...]]
    failed: Mapping[str, str]

    @property
    def obstacle(self) -> str:
        """Why `kit grade` refuses to work here, and what to do; "" where it does not."""
        if self.best < LEAST:
            return f"{LEAST} is missing: {self.why}"
        if self.best in self.failed:
            return f"{self.best} does not start: {self.failed[self.best]}"
        if broken := self.broken[self.best]:
            return (
                f"{self.best} does not keep here: {', '.join(broken)}; grade on another machine or "
                "in another container, or name a level that holds, as in --sandbox=L2"
            )
        return ""

    @property
    def better(self) -> str:
        """What is missing for a better level, and what to do; "" where there is none."""
        if self.best == LEVELS[-1]:
            return ""
        following = LEVELS[LEVELS.index(self.best) + 1]
        return f"{following} is missing: {self.why}"


def measure() -> Machine:
    """Try every level that there is here, from the best one down."""
    if missing := missing_call():
        return Machine("L0", missing, {}, {})
    best, why = best_level()
    there = LEVELS[: LEVELS.index(best) + 1] if sys.platform == "linux" else ()
    broken, failed = {}, {}
    for level in reversed(there):
        try:
            with closing(Zygote(Limits(), level)) as zygote:
                broken[level] = broken_promises(zygote)
        except (KitError, OSError) as error:
            failed[level] = str(error)
    return Machine(best, why, broken, failed)


def versions() -> dict[str, str]:
    """Return what a report of a problem should name; "" for what is not installed."""
    return {
        "kit": kit.__version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "pytest": _version("pytest"),
        "nbgrader": _version("nbgrader"),
        "kernel": f"{platform.system()} {platform.release()}",
        "cores": str(len(processors())),
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
