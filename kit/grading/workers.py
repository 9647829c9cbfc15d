"""The workers of one submission: a worker for each exercise, and a second one if it dies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kit.errors import PartDiedError
from kit.grading.client import RemoteBench, Zygote
from kit.grading.verdicts import FileProblemError
from kit.testing.parts import Student

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kit.manifest import Exercise, Manifest

STRIKES = 2


class Workers:
    """One worker an exercise; a dead one is replaced once, for the next check."""

    def __init__(
        self,
        zygote: Zygote,
        manifest: Manifest,
        sources: Mapping[str, str],
        problems: Mapping[str, str],
    ) -> None:
        self._zygote, self._manifest = zygote, manifest
        self._sources, self._problems = sources, problems
        self._benches: dict[str, list[RemoteBench]] = {}

    def student(self, name: str) -> Student:
        """Return the student's side for one check of an exercise."""
        exercise = self._manifest.exercise(name)
        for file in exercise.files:
            if file in self._problems:
                raise FileProblemError("FileError", self._problems[file])
        return Student(self._bench(exercise), exercise)

    def close(self) -> None:
        """End every worker."""
        for benches in self._benches.values():
            for bench in benches[-1:]:
                bench.close()

    def _bench(self, exercise: Exercise) -> RemoteBench:
        benches = self._benches.setdefault(exercise.name, [])
        if not benches or not benches[-1].alive:
            if len(benches) == STRIKES:
                raise PartDiedError("WorkerDied", f"not run: {STRIKES} processes had to be ended")
            files = {name: self._sources[name] for name in exercise.files if name in self._sources}
            benches.append(RemoteBench(self._zygote, files))
        benches[-1].start_check()
        return benches[-1]
