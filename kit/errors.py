"""Every error that the kit raises on purpose.

KitError
├── UsageError          what was asked for cannot be done as asked
│   └── ShapeError      an array has another shape than the part it is given to needs
├── DivergedError       training met a number that is not finite
├── PluginError         a plugin cannot be loaded, or breaks the rules
├── ConflictError       a name that two plugins claim was asked for
├── UnknownNameError    a name that no plugin provides (also a LookupError)
└── GradingError        the grader itself failed: never a score
"""

from __future__ import annotations


class KitError(Exception):
    """The root: what the command line prints as `kit: message`, without a traceback."""


class UsageError(KitError, ValueError):
    """What was asked for cannot be done as asked: the message says what came and what to do."""


class ShapeError(UsageError):
    """An array has another shape than the part it is given to needs."""


class DivergedError(KitError, ArithmeticError):
    """Training met a number that is not finite; says in which epoch and in which part."""


class PluginError(KitError):
    """A plugin cannot be loaded, or breaks the rules of the hooks."""


class ConflictError(KitError):
    """A name that two plugins claim was asked for; `distribution/name` resolves it."""


class UnknownNameError(KitError, LookupError):
    """A name was asked for that no plugin provides."""


class GradingError(KitError):
    """The grader itself failed. This is never a score: the submission stays ungraded."""
