"""What the cells of the notebook call: the public tests of one exercise, run afresh."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from kit.errors import GradingError
from kit.testing.closeness import CheckFailed


def check(exercise: str, folder: Path | None = None) -> None:
    """Run the public tests of an exercise and print what they say; raise where one fails.

    A process of its own reads the files as they are now, not as they were when the notebook
    started. Under `nbgrader autograde` this raises: a cell that is executed there means that the
    course's configuration is not in force, and such a run must not earn a point.
    """
    if os.environ.get("NBGRADER_EXECUTION") == "autograde":
        raise GradingError("cells are not graded by running them: see nbgrader_config.py")
    command = [sys.executable, "-m", "pytest", "-q", "--exercise", exercise]
    run = subprocess.run(
        command,
        cwd=folder or Path.cwd(),
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},  # whatever the locale is
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    print(_printable(run.stdout + run.stderr))  # noqa: T201 - a cell shows what is printed
    if run.returncode:
        raise CheckFailed(f"pytest --exercise {exercise}", came="a test failed: see above")


def _printable(text: str) -> str:
    """Replace what standard output cannot show."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)
