"""What grading would take from an assignment's folder: its files, the classes, what is missing."""

from __future__ import annotations

import _thread
import os
import signal
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from kit.errors import PartError
from kit.harness.local_bench import bench_for
from kit.harness.student_side import StudentSide

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kit.bench import Bench
    from kit.harness.submission import Submission
    from kit.manifest import Manifest

SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class FileCheck:
    """A file of the manifest: where it was found, and what is wrong with it or with its classes.

    `classes` maps each class that is looked for in it to what is wrong with it, "" for nothing.
    """

    name: str
    found: str
    size: int | None
    problem: str
    classes: dict[str, str] = field(default_factory=dict)

    @property
    def is_right(self) -> bool:
        """Whether nothing is wrong, as far as one can see without a test."""
        return not self.problem and not any(self.classes.values())


def check_files(submission: Submission, manifest: Manifest) -> list[FileCheck]:
    """Load every file and look for its classes, as grading would."""
    bench = bench_for(submission, manifest, StudentSide)
    return [_checked(file, submission, manifest, bench) for file in manifest.files]


def _checked(file: str, submission: Submission, manifest: Manifest, bench: Bench) -> FileCheck:
    content = submission.files.get(file)
    if content is None:
        return FileCheck(file, "", None, submission.problems[file])
    found = submission.found.get(file, "")
    owned = {part: place for each in manifest.exercises for part, place in each.owns.items()}
    mine = {part: place for part, place in owned.items() if place.partition(":")[0] == file}
    if problem := _problem(partial(bench.table, file)):
        return FileCheck(file, found, len(content), problem)
    classes = {
        place.partition(":")[2]: _problem(partial(bench.factory, part, place))
        for part, place in mine.items()
    }
    return FileCheck(file, found, len(content), "", classes)


def _problem(question: Callable[[], object]) -> str:
    """Return what a question raises, in words; "" where it is answered."""
    try:
        with _in_time():
            question()
    except PartError as error:
        return " ".join(str(error).split())
    except TimeoutError as error:
        return str(error)
    return ""


@contextmanager
def _in_time() -> Iterator[None]:
    """Interrupt code that does not end, as Ctrl-C would."""
    rang = threading.Event()

    def ring() -> None:
        rang.set()
        if sys.platform == "win32":
            _thread.interrupt_main()
        else:
            os.kill(os.getpid(), signal.SIGINT)  # it ends a sleep, too

    timer = threading.Timer(SECONDS, ring)
    timer.daemon = True
    timer.start()
    try:
        yield
    except KeyboardInterrupt:
        if not rang.is_set():
            raise
        raise TimeoutError(
            f"the file cannot be loaded: it does not end within {SECONDS:g} s"
        ) from None
    finally:
        timer.cancel()
