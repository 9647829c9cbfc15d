"""The worker of a submission: one for all its exercises, and another one where it dies."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from kit.errors import PartDiedError
from kit.grading.client import RemoteBench
from kit.grading.verdicts import FileProblemError
from kit.testing.parts import Student

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kit.grading.nursery import Zygote
    from kit.manifest import Manifest

STRIKES = 2


class Workers:
    """One worker at a time; a dead one is replaced for the next check, twice in an exercise."""

    def __init__(
        self,
        zygote: Zygote,
        manifest: Manifest,
        sources: Mapping[str, str],
        problems: Mapping[str, str],
    ) -> None:
        self._zygote, self._manifest = zygote, manifest
        self._sources, self._problems = sources, problems
        self._bench: RemoteBench | None = None
        self._exercise = ""
        self._deaths: Counter[str] = Counter()

    def student(self, name: str) -> Student:
        """Return the student's side for one check of an exercise."""
        exercise = self._manifest.exercise(name)
        for file in exercise.files:
            if file in self._problems:
                raise FileProblemError("FileError", self._problems[file], file)
            if file not in self._sources:
                raise FileProblemError("FileNotFoundError", f"{file} was not handed in", file)
        if self._bench and not self._bench.alive:
            self._deaths[self._exercise] += 1
            self._bench = None
        self._exercise = name
        if self._deaths[name] >= STRIKES:
            raise PartDiedError("WorkerDied", f"not run: {STRIKES} processes had to be ended")
        return Student(self._running(), exercise)

    def close(self) -> None:
        """End the worker."""
        if self._bench:
            self._bench.close()

    def _running(self) -> RemoteBench:
        if self._bench is None:
            self._bench = RemoteBench(self._zygote, self._sources)
        self._bench.start_check()
        return self._bench
