"""Prepare the folders of autograded/ aside, then put them in place: all of them, or none.

They lie in a folder whose run holds a lock in it, so that what a killed run leaves is known, and
deleted by the next.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from kit.errors import GradingError
from kit.grading.lock import locked
from kit.grading.private import share

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_log = logging.getLogger(__name__)
_NAME, _UNNAMED, _LOCK = ".kit-", ".new-", "lock"


class Stage:
    """Holds new folders until they take the places of the old ones."""

    def __init__(self, folder: Path, permissions: int, *, shared: bool) -> None:
        self._folder, self._permissions, self._shared = folder, permissions, shared
        self._targets: list[tuple[Path, Path | None]] = []
        self._moved: list[tuple[Path, Path]] = []
        self.is_stuck = False

    def add(self, target: Path, files: Mapping[str, bytes]) -> None:
        """Write a folder that is to be at `target`."""
        new = self._folder / f"{len(self._targets)}.new"
        new.mkdir()
        for name, content in files.items():
            path = new / name
            if "/" in name:
                path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            path.chmod(self._permissions)
        if self._shared:
            for folder in (new, *(path for path in new.rglob("*") if path.is_dir())):
                share(folder)
        self._targets.append((target, new))

    def remove(self, target: Path) -> None:
        """Note that nothing is to be at `target`."""
        self._targets.append((target, None))

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Put everything in place; on an exception, here or in what follows, all is put back."""
        try:
            for number, (target, new) in enumerate(self._targets):
                self._swap(target, new, self._folder / f"{number}.old")
            yield
        except BaseException:
            self._put_back()
            raise

    def _swap(self, target: Path, new: Path | None, old: Path) -> None:
        with suppress(FileNotFoundError):
            self._move(target, old)
        if new:
            target.parent.mkdir(parents=True, exist_ok=True)
            if self._shared:
                share(target.parent)
            self._move(new, target)

    def _put_back(self) -> None:
        for there, back in reversed(self._moved):
            try:
                there.rename(back)
            except OSError:
                self.is_stuck = True
                _log.exception("%s cannot be put back; %s is left as it is", there, self._folder)

    def _move(self, source: Path, target: Path) -> None:
        try:
            source.rename(target)
        except PermissionError as error:
            raise GradingError(
                f"{error.filename} cannot be replaced: it is another user's. Where teachers share "
                "a course, c.CourseDirectory.groupshared = True keeps it open to their group; for "
                "what is there, its owner says chmod -R g+rwX"
            ) from error
        self._moved.append((target, source))


@contextmanager
def staging(folder: Path, permissions: int, *, shared: bool) -> Iterator[Stage]:
    """Yield a stage on the disk that holds `folder`; what it holds at the end is deleted."""
    folder.mkdir(parents=True, exist_ok=True)
    if shared:
        share(folder)
    _sweep(folder)
    unnamed = Path(tempfile.mkdtemp(prefix=_UNNAMED, dir=folder))
    aside = folder / unnamed.name.replace(_UNNAMED, _NAME)
    stage = Stage(aside, permissions, shared=shared)
    try:
        (unnamed / _LOCK).touch()
        with locked(unnamed / _LOCK):  # before it has the name that `_sweep` looks for
            unnamed.rename(aside)
            yield stage
    finally:
        shutil.rmtree(unnamed, ignore_errors=True)
        if not stage.is_stuck:  # else the only copy of something may be in there
            shutil.rmtree(aside, ignore_errors=True)


def _sweep(folder: Path) -> None:
    """Delete what runs that were killed have left, but nothing that they had taken away."""
    for left in folder.glob(f"{_NAME}*"):
        with suppress(OSError), locked(left / _LOCK):  # which fails while its run is alive
            if not any(left.glob("*.old")):
                shutil.rmtree(left, ignore_errors=True)
