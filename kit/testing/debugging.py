"""`breakpoint()` in a student's file: opens the debugger where there is a keyboard for it.

Grading passes over a `breakpoint()`, and so does a run without a keyboard, such as a notebook's.
"""

from __future__ import annotations

import select
import sys
from typing import TYPE_CHECKING, Any

from _pytest.debugging import pytestPDB

from kit.harness.prints import PRINTS
from kit.harness.student_side import CALL

if TYPE_CHECKING:
    import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Take the place of pytest's own hook, which does not ask for a keyboard."""
    before = sys.breakpointhook

    def at_breakpoint(*arguments: Any, **named: Any) -> None:
        if not CALL.started:
            before(*arguments, **named)
        elif _is_answered(config):
            opened: Any = pytestPDB
            debugger = opened._init_pdb("set_trace", *arguments, **named)  # noqa: SLF001
            debugger.set_trace(sys._getframe(1))  # noqa: SLF001 - the student's line
        else:
            PRINTS.note("breakpoint() was passed over: there is no keyboard here")

    sys.breakpointhook = at_breakpoint
    config.add_cleanup(lambda: setattr(sys, "breakpointhook", before))


def _is_answered(config: pytest.Config) -> bool:
    """Whether commands come in: from a terminal, or from a pipe that holds some."""
    capture = config.pluginmanager.get_plugin("capturemanager")
    if capture:
        capture.suspend_global_capture(in_=True)
    try:
        stream: Any = sys.__stdin__
        if stream is None or stream.closed:
            return False
        if stream.isatty():
            return True
        return bool(select.select([stream], [], [], 0)[0] and stream.buffer.peek(1))
    except (OSError, ValueError):  # of Windows, where select knows sockets only
        return False
    finally:
        if capture:
            capture.resume_global_capture()


def pytest_enter_pdb(pdb: Any) -> None:
    """Let a student think for as long as they like, and read what the debugger says."""
    CALL.is_paused = True
    PRINTS.is_on = False
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    pdb.stdout = sys.__stdout__


def pytest_leave_pdb() -> None:
    """Watch again, from the next call on."""
    CALL.is_paused = False
