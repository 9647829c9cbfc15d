"""What Python itself adds to an error: the source line with its caret, and "Did you mean".

Python prints these where an error ends a program; an exception that is caught has them no more.
"""

from __future__ import annotations

import contextlib
import io
import sys
import textwrap
import traceback

HINTS = ("Did you mean", "Did you forget")


def python_help(error: BaseException) -> list[str]:
    """Return the lines that Python would add to the message of an error."""
    if isinstance(error, SyntaxError):
        shown = "".join(traceback.format_exception_only(error)[1:-1])
        return textwrap.indent(textwrap.dedent(shown), "    ").splitlines()
    if isinstance(error, NameError | AttributeError | ImportError):
        return [line for line in [_suggestion(error)] if line]
    return []


def _suggestion(error: BaseException) -> str:
    """Ask Python's own hook, which alone knows the names in all versions."""
    printed = io.StringIO()
    with contextlib.redirect_stderr(printed):
        sys.__excepthook__(type(error), error, error.__traceback__)
    last = printed.getvalue().strip().rpartition("\n")[2]
    starts = [last.rfind(hint) for hint in HINTS if hint in last]
    return last[starts[0] :] if starts else ""
