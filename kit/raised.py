"""Turn what a student's code raised into a PartError: name, message, and the student's own line."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

from kit.errors import KitError, PartError, SubmissionError
from kit.python_help import python_help
from kit.values import NAME_LIMIT

if TYPE_CHECKING:
    from collections.abc import Container

TEXT_LIMIT = 2000


def as_part_error(error: BaseException, files: Container[str], *, helped: bool) -> PartError:
    """Return the error of a part; `files` are the names of the student's own.

    With `helped`, it shows what Python itself adds to such an error.
    """
    if isinstance(error, PartError):
        return error
    file, line = _place(error, files)
    if isinstance(error, KitError) and not _is_from_them(error, files):
        # What the kit says of a part, such as ShapeError.
        return SubmissionError(type(error).__name__, _text(error), file, line)
    raised = PartError(type(error).__name__[:NAME_LIMIT], _text(error), file, line)
    raised.shown = python_help(error) if helped else ()
    return raised


def _is_from_them(error: BaseException, files: Container[str]) -> bool:
    """Whether the student's own line raised it: the classes of the kit are there for all."""
    places = _places(error)
    return bool(places) and places[-1][0] in files


def _place(error: BaseException, files: Container[str]) -> tuple[str, int]:
    """Return the last line of the student's own files that the error went through."""
    if isinstance(error, SyntaxError) and error.filename in files:
        return str(error.filename), error.lineno or 0
    own = [place for place in _places(error) if place[0] in files]
    return own[-1] if own else ("", 0)


def _places(error: BaseException) -> list[tuple[str, int]]:
    """Return file and line of each frame; not `extract_tb`, which reads a thousand lines of source."""
    trace = traceback.walk_tb(error.__traceback__)
    return [(frame.f_code.co_filename, line) for frame, line in trace]


def _text(error: BaseException) -> str:
    """Return the message of an exception, which may itself raise when it is asked for."""
    try:
        text = str(error.msg if isinstance(error, SyntaxError) else error)
    except BaseException:  # noqa: BLE001 - a student's __str__ may raise anything
        return "(its message could not be read)"
    return text[:TEXT_LIMIT]
