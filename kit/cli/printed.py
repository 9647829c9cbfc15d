"""What a student's code prints in a training: the first lines are shown, the others are counted."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

from kit.loading import is_of_file

if TYPE_CHECKING:
    from collections.abc import Iterator

LINES = 20
CHARACTERS = 4000


class Printed:
    """Standard output in which lines of a student's file are counted; all else passes."""

    def __init__(self, stream: TextIO) -> None:
        self.lines = self.dropped = self._characters = 0
        self.is_cut = False
        self._stream = stream

    def write(self, text: str) -> int:
        """Pass a text on, unless a student's file has printed enough."""
        # `print` has no frame of its own, so the caller is the line that prints.
        if is_of_file(sys._getframe(1)):  # noqa: SLF001 - the way to see it
            is_full = self.lines >= LINES or self._characters >= CHARACTERS
            self.lines += text.count("\n")
            self._characters += len(text)
            self.dropped += text.count("\n") if is_full else 0
            self.is_cut |= is_full
            if is_full:
                return len(text)
        return self._stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def few_prints(*, all_shown: bool) -> Iterator[None]:
    """Show no more than a few lines of what a student's files print here, unless all are wanted."""
    before = sys.stdout
    if all_shown:
        yield
        return
    printed: Any = Printed(before)
    sys.stdout = printed
    try:
        yield
    finally:
        sys.stdout = before
        if printed.is_cut:
            before.write(f"and {printed.dropped} more printed lines; kit train -s shows all\n")
