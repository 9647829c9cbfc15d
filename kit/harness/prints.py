"""What a submission prints while tests run: a few lines are kept, the others are counted."""

from __future__ import annotations

import io
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator

KEPT_LINES = 20
KEPT_CHARACTERS = 4000


class Prints(io.TextIOBase):
    """A context in which standard output and error come here, where the first lines are kept.

    It does so only if `is_on`. Nothing is kept while `is_muted`.
    """

    encoding = "utf-8"

    def __init__(self) -> None:
        self.is_on = self.is_muted = False
        self._before: list[tuple[TextIO, TextIO]] = []
        self.clear()

    def __enter__(self) -> Self:
        self._before.append((sys.stdout, sys.stderr))
        if self.is_on:
            sys.stdout = sys.stderr = self
        return self

    def __exit__(self, *_error: object) -> None:
        sys.stdout, sys.stderr = self._before.pop()

    def clear(self) -> None:
        """Forget what was printed."""
        self._kept, self._size, self._lines = [""], 0, 0

    def writable(self) -> bool:
        """Whether this can be written to: always."""
        return True

    def write(self, text: str) -> int:
        """Keep a text, as far as there is room; count its lines."""
        if self.is_muted:
            return len(text)
        if self._lines < KEPT_LINES and self._size < KEPT_CHARACTERS:
            kept = text[: KEPT_CHARACTERS - self._size]
            self._kept.append(kept)
            self._size += len(kept)
        self._lines += text.count("\n")
        return len(text)

    def note(self, text: str) -> None:
        """Keep a line that the kit adds."""
        self.write(f"[{text}]\n")

    def shown(self) -> tuple[list[str], int]:
        """Return the lines that were kept, and how many more there were."""
        lines = "".join(self._kept).splitlines()
        kept = lines[:KEPT_LINES]
        return kept, max(self._lines, len(lines)) - len(kept)


PRINTS = Prints()


@contextmanager
def muted() -> Iterator[None]:
    """Keep nothing of what is printed meanwhile: the calls of the diagnosis are not the student's."""
    before, PRINTS.is_muted = PRINTS.is_muted, True
    try:
        yield
    finally:
        PRINTS.is_muted = before
