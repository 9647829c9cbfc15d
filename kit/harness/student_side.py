"""The context in which a submission's code runs at the student's side, `pytest` and `kit train`."""

from __future__ import annotations

import time

from kit.harness.prints import PRINTS
from kit.harness.refused import Refusing


class Call:
    """The call of a submission's code that is under way, as a watchdog sees it."""

    def __init__(self) -> None:
        self.is_paused = False
        self._depth = 0
        self._since = 0.0

    def __enter__(self) -> None:
        if not self._depth:
            self._since = time.monotonic()
        self._depth += 1

    def __exit__(self, *_error: object) -> None:
        self._depth -= 1

    @property
    def started(self) -> float:
        """When it began, 0.0 where none is under way, or a debugger is."""
        return self._since if self._depth and not self.is_paused else 0.0


CALL = Call()


class StudentSide(Refusing):
    """Refuses what grading refuses, keeps what is printed, and says how long a call takes."""

    def __enter__(self) -> None:
        super().__enter__()
        PRINTS.__enter__()
        CALL.__enter__()

    def __exit__(self, *error: object) -> None:
        CALL.__exit__(*error)
        PRINTS.__exit__(*error)
        super().__exit__(*error)
