"""Wait for children that are about to end, so that what they took is counted as ours (wait(2))."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SECONDS = 1.0  # one may be at work for somebody who needs it still
_EVERY_SECONDS = 0.002


def wait_for(children: Iterable[int]) -> None:
    """Wait for child processes, but not for long."""
    left, deadline = set(children), time.monotonic() + SECONDS
    while left := {child for child in left if not _has_ended(child)}:
        if time.monotonic() > deadline:
            return
        time.sleep(_EVERY_SECONDS)


def _has_ended(child: int) -> bool:
    try:
        return os.waitpid(child, os.WNOHANG)[0] == child
    except ChildProcessError:  # somebody has waited for it
        return True
