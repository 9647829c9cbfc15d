"""The reference comes first under plain nbgrader, too, before it deletes or writes anything."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbgrader.converters.base import NbGraderException

from kit.errors import KitError
from kit.grading.assignment import is_assignment

if TYPE_CHECKING:
    from collections.abc import Callable


def reference_first(converter: Any, prove: Callable[[], None]) -> None:
    """Grade the reference; what is wrong ends the command as an error of nbgrader's own does.

    Assignments that are not the kit's have none.
    """
    coursedir = converter.coursedir
    if not is_assignment(Path(coursedir.root), coursedir.assignment_id):
        return
    try:
        prove()
    except KitError as error:
        converter.log.error("%s", error)  # noqa: TRY400 - a traceback of ours is no help
        raise NbGraderException(str(error)) from error
