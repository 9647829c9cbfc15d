"""The context in which a submission's code runs at the student's side, `pytest` and `kit train`."""

from __future__ import annotations

from kit.harness.prints import PRINTS
from kit.harness.refused import Refusing


class StudentSide(Refusing):
    """Refuses what grading refuses, and keeps what is printed."""

    def __enter__(self) -> None:
        super().__enter__()
        PRINTS.__enter__()

    def __exit__(self, *error: object) -> None:
        PRINTS.__exit__(*error)
        super().__exit__(*error)
