"""What an exception of a hidden test means: a status, a message, and what the student may read.

The message is the instructor's and may show a hidden input. The public sentence is made of the
kind of the check, the student's own file and line, names of built-in exceptions, and a size of
one digit: nothing that a hidden input could be written into.
"""

from __future__ import annotations

import builtins
import errno
import re
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

import pytest

from kit.errors import (
    GradingError,
    PartDiedError,
    PartError,
    PartTimeoutError,
    SubmissionError,
)
from kit.grading.limits import Limits
from kit.harness.offered import OFFER

if TYPE_CHECKING:
    from kit.grading.record import Status
    from kit.testing.diagnosis import Finding

KINDS = {
    "value": "the numbers that came back are not the right ones",
    "shape": "an array has another shape or type than the contract says",
    "gradient": "the gradient is not the slope of a right forward times the incoming gradient",
    "stability": "the numbers are not finite, or not right, far from zero or at the edge",
    "purity": "the answer is wrong, or the call changes something that has to stay as it is",
    "state": "the answer is wrong; if it is right in the simpler checks, something is kept from an "
    "earlier batch or by another object",
    "start": "the start values do not do what the contract says",
    "accuracy": "the network that your parts make does not learn well enough; the checks of the "
    "single parts say which one is wrong",
}
WORDS = {
    "NotImplementedError": "not implemented yet",
    "RecursionError": "your code calls itself too often{where}",
    "ShapeError": "the network cannot be trained: what one of your parts returned has another shape "
    "or form than the contract says; the checks of the single parts say which",
    "SignatureError": "the network cannot be trained: a method of one of your parts takes other "
    "arguments than the contract gives it; the checks of the single parts say which",
    "ModuleNotFoundError": f"{OFFER}; remove the import{{where}}",
}
BROKEN = (NameError, ImportError, SyntaxError, pytest.FixtureLookupError)
NUMPY_ASKED = re.compile(r"Unable to allocate (\d{1,4}\.\d{0,2}) ([KMGTPE])iB ")
DEFAULT_LIMITS = Limits()
PUBLIC_LIMIT = 4000


class FileProblemError(SubmissionError):
    """A file could not be taken. These words are ours: no student's code had run."""


class Verdict(NamedTuple):
    """How one hidden test ended."""

    status: Status
    message: str
    public: str
    misconception: str | None = None


def verdict(
    error: BaseException | None,
    kind: str,
    limits: Limits = DEFAULT_LIMITS,
    finding: Finding | None = None,
) -> Verdict:
    """Return the verdict on a test that raised `error`, or passed; a finding says why it did."""
    found = _verdict(error, kind, limits)
    if finding is None or found.status == "passed":
        return found
    public = _printable(finding.text[:PUBLIC_LIMIT])
    return found._replace(public=public, misconception=finding.misconception)


def is_broken(error: BaseException) -> bool:
    """Whether no value of a student's makes a test raise this: a name is wrong in its code.

    A variable without a value is another matter: a loop over an empty answer leaves one behind.
    """
    if isinstance(error, UnboundLocalError):
        return False
    of_module = isinstance(error, AttributeError) and isinstance(error.obj, ModuleType)
    return of_module or isinstance(error, BROKEN)


def _verdict(error: BaseException | None, kind: str, limits: Limits) -> Verdict:
    if error is None:
        return Verdict("passed", "", "")
    if isinstance(error, GradingError):
        raise error
    if is_broken(error):
        raise GradingError(f"a hidden test is broken: {type(error).__name__}: {error}")
    message = _printable("\n".join([str(error), *getattr(error, "__notes__", [])])[:4000])
    if isinstance(error, PartError):
        status: Status = "timeout" if isinstance(error, PartTimeoutError) else "error"
        return Verdict(status, message, _public(error, limits))
    if isinstance(error, AssertionError | pytest.fail.Exception):
        return Verdict("failed", message, KINDS.get(kind, "the contract does not hold"))
    return Verdict(
        "error", f"{type(error).__name__}: {message}", "what came back could not be used"
    )


def _public(error: PartError, limits: Limits) -> str:
    """Tell what happened in words of ours; a text of the student's could hold a hidden input."""
    if isinstance(error, FileProblemError):
        return error.text
    if error.name == "ProtocolError" and isinstance(error, PartDiedError):
        return "its process broke the protocol"  # a size in a frame could be a hidden number
    place = f"{error.file}, line {error.line}" if error.file else ""
    if isinstance(error, PartTimeoutError | PartDiedError):
        told = error.text.partition(": exit code")[0]  # which is a number of the student's choice
        return f"{told} ({place})" if place else told
    if isinstance(error, SubmissionError) and error.name not in WORDS:
        return _unusable(error)
    return _raised(error, f" in {place}" if place else "", limits)


def _unusable(error: SubmissionError) -> str:
    """Tell what is known for certain, where a fresh worker has not said it: names could be a message."""
    if not error.file or not error.line:
        return "a class or a method that the contract asks for is missing"
    known = isinstance(getattr(builtins, error.name, None), type)
    raised = f": {error.name}" if known else ""
    return f"{error.file} cannot be loaded{raised} in line {error.line}"


def _raised(error: PartError, where: str, limits: Limits) -> str:
    if error.name in WORDS:
        return WORDS[error.name].format(where=where)
    raised = getattr(builtins, error.name, None)
    if not isinstance(raised, type) or not issubclass(raised, BaseException):
        return f"your code raised an exception of its own{where}"
    if issubclass(raised, MemoryError):
        return _out_of_memory(error.text, where, limits)
    if error.text.startswith(f"[Errno {errno.EFBIG}]"):
        return f"your code wrote more than {_size(limits.file_bytes)}{where}"
    told = f"your code raised {error.name}{where}"
    if issubclass(raised, OSError):
        return f"{told}; a submission reaches no file, process or network"
    return told


def _out_of_memory(text: str, where: str, limits: Limits) -> str:
    """Tell how much was asked for where NumPy says so, in one digit: more could be a message."""
    found = NUMPY_ASKED.match(text)
    asked = float(found[1]) * 1024 ** ("KMGTPE".index(found[2]) + 1) if found else 0.0
    there = _size(limits.memory_bytes)
    if asked <= limits.memory_bytes:
        return f"your code ran out of memory ({there}){where}"
    gigabytes = float(f"{asked / 1e9:.0e}")
    much = f"about {gigabytes:g} GB" if gigabytes < 1000 else "more than 1000 GB"
    return f"your code asked for {much} of memory{where}; there is {there}"


def _size(count: float) -> str:
    return f"{count / 2**30:.3g} GiB" if count >= 2**30 else f"{count / 2**20:.3g} MiB"


def _printable(text: str) -> str:
    """Escape what a student's text could do to a terminal, or to a file that it is written to."""
    return "".join(
        char if char.isprintable() or char in "\n\t" else ascii(char)[1:-1] for char in text
    )
