"""Show a teacher where a hidden test went wrong: its own lines, and none of the kit's."""

from __future__ import annotations

from pathlib import Path
from traceback import FrameSummary, StackSummary, extract_tb
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 4000


def trace(error: BaseException, hidden: Path) -> str:
    """Return the traceback as Python prints it, of the frames in the folder of hidden tests."""
    shown = "".join(StackSummary.from_list(list(_own_frames(error, hidden))).format())
    words = "\n".join([_named(error), *getattr(error, "__notes__", [])])
    return f"{shown}{words}"[:LONGEST]


def cause(error: BaseException, hidden: Path) -> str:
    """Return the same in one line: the error, and the last line of the test."""
    frames = list(_own_frames(error, hidden))
    place = f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
    return f"{_named(error).splitlines()[0]}{place}"


def _own_frames(error: BaseException, hidden: Path) -> Iterator[FrameSummary]:
    for frame in extract_tb(error.__traceback__):
        path = Path(frame.filename)
        if path.is_relative_to(hidden):
            shown = str(path.relative_to(hidden.parents[2]))
            yield FrameSummary(shown, frame.lineno, frame.name, line=frame.line)


def _named(error: BaseException) -> str:
    text = str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
