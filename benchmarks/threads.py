"""One thread for whoever multiplies matrices, asked for before the library is loaded."""

from __future__ import annotations

import os
import sys

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def environment() -> dict[str, str]:
    """Return this process's environment with one thread."""
    return {**os.environ, **dict.fromkeys(THREADS, "1")}


def one_thread() -> None:
    """Start this program again with one thread, unless it has one already."""
    if any(os.environ.get(name) != "1" for name in THREADS):
        os.execve(sys.executable, sys.orig_argv, environment())  # noqa: S606 - ourselves
