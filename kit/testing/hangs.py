"""Which parts never came back, so that no other test waits for them too."""

from __future__ import annotations

import traceback
from pathlib import PurePath
from typing import TYPE_CHECKING

from kit.manifest import read_manifest
from kit.testing.pytest_plugin import assignment_folder, exercise_name

if TYPE_CHECKING:
    from types import FrameType, TracebackType

    import pytest

    from kit.errors import PartTimeoutError
    from kit.manifest import Exercise

LOADING = "<module>"  # what Python calls the code of a file itself


class Hangs:
    """The places, as in "activations.py:ReLU", and the exercises that were stopped."""

    def __init__(self) -> None:
        self._reasons: dict[str, str] = {}

    def __bool__(self) -> bool:
        return bool(self._reasons)

    def remember(self, item: pytest.Item, error: PartTimeoutError, name: str) -> None:
        """Remember what was stopped in a test; `name` is of the student's own function."""
        exercise = _exercise(item)
        told = f"{error.text} ({error.file}, line {error.line})" if error.file else error.text
        for place in exercise.owns.values():
            file, _, part = place.partition(":")
            in_part = name.partition(".")[0] == part or (file == error.file and name == LOADING)
            if in_part or len(exercise.owns) == 1:
                self._reasons[place] = f"{part} was stopped before: {told}"
            if file == error.file and name == LOADING:
                self._reasons[file] = f"{file} was stopped before: {told}"
        self._reasons[exercise.name] = f"this exercise was stopped before: {told}"

    def reason(self, item: pytest.Item) -> str:
        """Return why a test need not be run, "" where it is to be."""
        if not self._reasons or not item.get_closest_marker("exercise"):
            return ""
        exercise = _exercise(item)
        keys = [exercise.name, *exercise.owns.values(), *exercise.files]
        return next((self._reasons[key] for key in keys if key in self._reasons), "")

    @staticmethod
    def place(trace: TracebackType | None) -> tuple[str, int, str]:
        """Return file, line and function of a student's last line in a traceback."""
        return _last([(frame, line) for frame, line in traceback.walk_tb(trace)])

    @staticmethod
    def place_of_frame(frame: FrameType | None) -> tuple[str, int, str]:
        """Return the same of the frame that is running."""
        return _last(list(traceback.walk_stack(frame))[::-1] if frame else [])


def _last(frames: list[tuple[FrameType, int]]) -> tuple[str, int, str]:
    """Return the place of the last frame; a bench knows a student's files by their bare names."""
    own = [
        (frame.f_code, line)
        for frame, line in frames
        if PurePath(frame.f_code.co_filename).name == frame.f_code.co_filename
        and frame.f_code.co_filename.endswith(".py")
    ]
    if not own:
        return "", 0, ""
    return own[-1][0].co_filename, own[-1][1], own[0][0].co_qualname


def _exercise(item: pytest.Item) -> Exercise:
    return read_manifest(assignment_folder(item.path)).exercise(exercise_name(item))
