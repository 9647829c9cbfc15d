"""What an exception of a hidden test means: a status, a message, and what the student may read.

The message is the instructor's and may show a hidden input. The public sentence is made of the
kind of the check, the student's own file and line, and names of built-in exceptions: nothing
that a hidden input could be written into.
"""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, NamedTuple

import pytest

from kit.errors import GradingError, PartDiedError, PartError, PartTimeoutError

if TYPE_CHECKING:
    from kit.grading.record import Status

KINDS = {
    "value": "the numbers that came back are not the right ones",
    "shape": "an array has another shape or type than the contract says",
    "gradient": "the gradient is not the slope of a right forward times the incoming gradient",
    "stability": "the numbers are not finite, or not right, far from zero or at the edge",
    "purity": "the answer is wrong, or the call changes something that has to stay as it is",
    "state": "the answer is wrong; if it is right in the simpler checks, something is kept from an "
    "earlier batch or by another object",
    "start": "the start values do not do what the contract says",
    "accuracy": "the network that your parts make does not learn well enough",
}


BROKEN = (NameError, ImportError, SyntaxError, pytest.FixtureLookupError)


class FileProblemError(PartError):
    """A file could not be taken. These words are ours: no student's code had run."""


class Verdict(NamedTuple):
    """How one hidden test ended."""

    status: Status
    message: str
    public: str


def verdict(error: BaseException | None, kind: str) -> Verdict:
    """Return the verdict on a test that raised `error`, or passed."""
    if error is None:
        return Verdict("passed", "", "")
    if isinstance(error, GradingError):
        raise error
    if isinstance(error, BROKEN):  # no value of a student's makes a test raise one of these
        raise GradingError(f"a hidden test is broken: {type(error).__name__}: {error}")
    message = _printable(str(error)[:4000])
    if isinstance(error, PartTimeoutError):
        return Verdict("timeout", message, f"no answer in time: {error.text}")
    if isinstance(error, PartError):
        return Verdict("error", message, _public(error))
    if isinstance(error, AssertionError):
        return Verdict("failed", message, KINDS.get(kind, "the contract does not hold"))
    return Verdict(
        "error", f"{type(error).__name__}: {message}", "what came back could not be used"
    )


def _public(error: PartError) -> str:
    """Tell where an exception came from; its text could hold a hidden input, so it stays here."""
    if isinstance(error, FileProblemError):
        return error.text
    if isinstance(error, PartDiedError):  # a size in a broken frame could be a hidden number
        broken = error.name == "ProtocolError"
        return "its process broke the protocol" if broken else error.text
    if error.name == "NotImplementedError":
        return "not implemented yet"
    known = isinstance(getattr(builtins, error.name, None), type)
    name = error.name if known else "an exception of its own"
    where = f" in {error.file}, line {error.line}" if error.file else ""
    return f"your code raised {name}{where}"


def _printable(text: str) -> str:
    """Escape what a student's text could do to a terminal, or to a file that it is written to."""
    return "".join(
        char if char.isprintable() or char in "\n\t" else ascii(char)[1:-1] for char in text
    )
