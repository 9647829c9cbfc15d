"""Tell how far a self test is, and keep how long each part of it has taken."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Progress:
    """Counts what is done; `seconds` are those of each part, by the clock."""

    def __init__(self, tell: Callable[[int, int, str], None]) -> None:
        self._tell = tell
        self.done = self.total = 0
        self.seconds: dict[str, float] = {}

    def step(self, name: str) -> None:
        """Tell that one more is done, and its name."""
        self.done += 1
        self._tell(self.done, self.total, name)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Keep how long what is done in the meantime takes."""
        started = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - started, 1)
