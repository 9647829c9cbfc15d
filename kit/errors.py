"""Every error that the kit raises on purpose.

KitError
├── UsageError          what was asked for cannot be done as asked
│   ├── ShapeError      an array has another shape than the part it is given to needs
│   └── SignatureError  a method of a part takes other arguments than the contract gives it
├── DivergedError       training met a number that is not finite
├── PluginError         a plugin cannot be loaded, or breaks the rules
├── ConflictError       a name that two plugins claim was asked for
├── UnknownNameError    a name that no plugin provides (also a LookupError)
├── PartError           a student's part raised, in this process or in another
│   ├── SubmissionError     a file, class or method of theirs is missing or cannot be used
│   ├── PartStoppedError    it was running when the user pressed Ctrl-C
│   ├── PartTimeoutError    it did not answer in time and was stopped
│   └── PartDiedError       its process ended, or broke the protocol
└── GradingError        the grader itself failed: never a score
    └── SuiteError          the hidden suite cannot be run, for anybody
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class KitError(Exception):
    """The root: what the command line prints as `kit: message`, without a traceback."""

    exit_code = 2


class UsageError(KitError, ValueError):
    """What was asked for cannot be done as asked: the message says what came and what to do."""


class ShapeError(UsageError):
    """An array has another shape than the part it is given to needs."""


class SignatureError(UsageError):
    """A method of a part takes other arguments than the contract gives it."""


class DivergedError(KitError, ArithmeticError):
    """Training met a number that is not finite; says in which epoch and in which part."""

    exit_code = 1


class PluginError(KitError):
    """A plugin cannot be loaded, or breaks the rules of the hooks."""


class ConflictError(KitError):
    """A name that two plugins claim was asked for; `distribution/name` resolves it."""


class UnknownNameError(KitError, LookupError):
    """A name was asked for that no plugin provides."""


class PartError(KitError):
    """A student's part raised. What it raised is kept as text only, whatever class it was.

    `name` is the name of the class of the exception, `text` its message, clipped; `file` and
    `line` are the last place in the student's own files, or "" and 0. `shown` are the lines that
    Python adds where it prints the error: the source with a caret, or "Did you mean".
    """

    exit_code = 1
    shown: Sequence[str] = ()

    def __init__(self, name: str, text: str = "", file: str = "", line: int = 0) -> None:
        self.name, self.text, self.file, self.line = name, text, file, line
        place = f" ({file}, line {line})" if file else ""
        super().__init__((f"{name}: {text}" if text else name) + place)


class SubmissionError(PartError):
    """A file, class or method of a submission is missing, or cannot be used.

    Its text is a whole sentence of the kit's own, and no input has to do with it. `name` is the
    class of what was raised, as in "SyntaxError", or of what Python would raise.
    """

    def __str__(self) -> str:
        return self.text


class PartStoppedError(PartError):
    """A part was running when the user pressed Ctrl-C."""

    exit_code = 130


class PartTimeoutError(PartError):
    """A part did not answer within its limit of time, and its process was stopped."""


class PartDiedError(PartError):
    """The process of a part ended, or broke the protocol, before it answered."""


class GradingError(KitError):
    """The grader itself failed. This is never a score: the submission stays ungraded."""

    exit_code = 1


class SuiteError(GradingError):
    """The hidden suite cannot be run, for anybody: to go on with the next submission is no use."""
