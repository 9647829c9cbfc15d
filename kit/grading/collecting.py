"""Collect a hidden suite as pytest does, once for all submissions.

pytest has no public way to collect once and run often: the half-private names are used here and in
`kit.grading.suite` alone.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

from _pytest.config import _prepareconfig
from _pytest.main import Session

from kit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

NOT_NEEDED = (
    *("cacheprovider", "debugging", "doctest", "faulthandler", "junitxml", "logging", "pastebin"),
    *("setuponly", "setupplan", "stepwise", "terminal", "threadexception", "unraisableexception"),
    *("warnings", "nose", "legacypath", "recwarn", "unittest"),
)


class Collector:
    """A pytest plugin that remembers what could not be collected."""

    def __init__(self) -> None:
        self.errors: list[str] = []

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep the reason why a file could not be collected."""
        if report.failed:
            self.errors.append(str(report.longrepr))


def collect(folder: Path) -> Session:
    """Collect the tests of a folder; raise UsageError where that cannot be done."""
    arguments = ["-c", os.devnull, "--rootdir", str(folder), "--confcutdir", str(folder)]
    arguments += ["--import-mode=importlib", "--strict-markers", "--capture=no"]
    for name in NOT_NEEDED:
        arguments += ["-p", f"no:{name}"]
    plugin = Collector()
    with contextlib.chdir(folder):  # pytest takes a "[" in an argument for parameters of a test
        config = _prepareconfig(
            [*arguments, "-p", "kit.testing.pytest_plugin", "."], plugins=[plugin]
        )
        session = Session.from_config(config)
        config._do_configure()  # noqa: SLF001 - see the module's docstring
        config.hook.pytest_sessionstart(session=session)
        with _nothing_cached():
            session.perform_collect()
    if plugin.errors:
        raise UsageError(f"the hidden suite cannot be collected: {_in_short(plugin.errors[0])}")
    return session


@contextlib.contextmanager
def _nothing_cached() -> Iterator[None]:
    """Have each test compiled: Python takes an edit within the same second for no edit."""
    before = sys.pycache_prefix, sys.dont_write_bytecode
    sys.pycache_prefix, sys.dont_write_bytecode = os.devnull, True
    try:
        yield
    finally:
        sys.pycache_prefix, sys.dont_write_bytecode = before


def _in_short(traceback: str) -> str:
    """Begin with the line that says what is wrong, where there are several."""
    *before, last = traceback.strip().splitlines()
    return f"{last.removeprefix('E').strip()}\n{traceback}" if before else last
