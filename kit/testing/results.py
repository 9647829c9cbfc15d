"""What has come out of the public tests so far, and the table of it at the end."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from kit.errors import PartError, PartTimeoutError
from kit.testing.pytest_plugin import exercise_name
from kit.testing.wording import wrapped

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from kit.manifest import Exercise
    from kit.testing.diagnosis import Finding


class Results:
    """Counts the public tests, exercise by exercise, and knows what has been shown."""

    def __init__(self) -> None:
        self.total: Counter[str] = Counter()
        self.passed: Counter[str] = Counter()
        self.exercises: dict[str, Exercise] = {}
        self.findings: dict[str, list[Finding]] = {}
        self.told: set[Finding] = set()
        self.has_shown_prints = False
        self._shown: set[Hashable] = set()
        self._not_written: dict[str, str] = {}
        self._stopped: list[str] = []

    def count(self, item: pytest.Item) -> None:
        """Count a test, whatever comes of it."""
        if item.get_closest_marker("exercise"):
            self.total[exercise_name(item)] += 1

    def category(self, item: pytest.Item, error: Exception) -> str:
        """Return under what a failure is counted apart, "" where it is to be shown."""
        if not isinstance(error, PartError):
            return self._once(str(error))
        if error.name == "NotImplementedError" and error.file:
            self._note_not_written(error)
            return "not written"
        if isinstance(error, PartTimeoutError):
            title = self.exercises[exercise_name(item)].title
            self._stopped.append(f"{title}: {error}; tests that need the same were skipped")
        return self._once((error.name, error.file or error.text, error.line))

    def _once(self, key: Hashable) -> str:
        if key in self._shown:
            return "failed as above"
        self._shown.add(key)
        return ""

    def _note_not_written(self, error: PartError) -> None:
        part = error.text.partition(":")[0]
        told = error.text or "NotImplementedError"
        self._not_written.setdefault(part, f"{told} ({error.file}, line {error.line})")

    def lines(self, columns: int) -> Iterator[str]:
        """Yield the table, and what is to be done."""
        for name, total in self.total.items():
            yield f"{self.exercises[name].title:<40} {self.passed[name]} of {total}"
        yield ""
        if self._not_written:
            yield "Not written yet; replace the `raise` by your code:"
            yield from (wrapped(each, columns) for each in self._not_written.values())
        yield from (wrapped(f"Stopped: {each}", columns, "") for each in self._stopped)
        passed, total = sum(self.passed.values()), sum(self.total.values())
        yield f"{passed} of {total} public tests passed."
        yield "Hidden tests check the same contract on other inputs."


RESULTS = pytest.StashKey[Results]()
