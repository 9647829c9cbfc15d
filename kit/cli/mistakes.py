"""Say in one line, with its file and line, what a student's code raised or where it was stopped."""

from __future__ import annotations

import sys
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kit.cli.watching import unanswered, watched
from kit.errors import DivergedError, KitError, PartError, PartStoppedError, PartTimeoutError
from kit.loading import is_of_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


@contextmanager
def mistakes_told() -> Iterator[None]:
    """Turn what comes out of a student's code into an error of the kit that names the place."""
    with watched() as watch:
        try:
            yield
        except DivergedError as error:
            raise DivergedError(f"{error}; pytest shows which part") from error
        except KitError:
            raise
        except KeyboardInterrupt as error:
            words = "; ".join(getattr(error, "__notes__", []))
            if watch.place:
                raise PartTimeoutError(unanswered(), words, *watch.place) from error
            if (place := _place(error)) is None:
                raise
            raise PartStoppedError("stopped", words, *place) from error
        except (Exception, SystemExit) as error:  # a part may call exit()
            if (place := _place(error)) is None:
                raise
            raise PartError(*_words(error), *place) from error


def _place(error: BaseException) -> tuple[str, int] | None:
    """Return the last file and line of a student's, or else of another part, if there is one."""
    frames = [*traceback.walk_tb(error.__traceback__)]
    found = [each for each in frames if is_of_file(each[0])] or [
        each for each in frames if _is_foreign(each[0])
    ]
    return (found[-1][0].f_code.co_filename, found[-1][1]) if found else None


def _is_foreign(frame: FrameType) -> bool:
    project = str(frame.f_globals.get("__name__", "")).partition(".")[0]
    return project not in {"kit", "numpy", "click", *sys.stdlib_module_names}


def _words(error: BaseException) -> tuple[str, str]:
    if isinstance(error, NotImplementedError) and str(error):
        return str(error), ""
    return type(error).__name__, "; ".join([str(error), *getattr(error, "__notes__", [])])
