"""Put what a student's code raised into words.

The text of an exception may hold what the student's code was handed: here these are public inputs.
"""

from __future__ import annotations

import builtins
import re
from typing import TYPE_CHECKING

from kit.errors import SubmissionError

if TYPE_CHECKING:
    from kit.errors import PartError

SIGNS = {
    "python-max-on-arrays": ("truth value of an array",),
    "math-on-arrays": ("only 0-dimensional arrays", "only length-1 arrays", "only size-1 arrays"),
}
ADDRESS = re.compile(r"\b0x[0-9a-fA-F]+\b")
TEXT_LIMIT = 160
OUTSIDE = {  # raised before the student's own lines were reached
    "AttributeError": "there is no such method or attribute (AttributeError)",
    "TypeError": "it does not take the arguments that the contract gives it (TypeError)",
    "FileNotFoundError": "the file was not handed in",
}
NOT_SET = ("has no setter", "can't set attribute", "is read-only")
MISFITS = ("broadcast", "matmul", "not aligned", "mismatch", "einsum", "setting an array element")


def raised(error: PartError) -> str:
    """Say what was raised and where: a name that Python knows, and the student's own line."""
    if isinstance(error, SubmissionError):
        return " ".join(error.text.split())
    place = f" ({error.file}, line {error.line})" if error.file else ""
    if not error.file and any(sign in error.text for sign in NOT_SET):
        return "an attribute that the kit sets cannot be set (AttributeError)"
    if not error.file and error.name in OUTSIDE:
        return OUTSIDE[error.name]
    known = getattr(builtins, error.name, None)
    if error.name == "NotImplementedError":
        return f"this is not written yet{place}"
    if isinstance(known, type) and issubclass(known, BaseException):
        return f"your code raised {error.name}{_text(error)}{place}"
    return f"your code raised an exception of its own{_text(error)}{place}"


def _text(error: PartError) -> str:
    # Addresses in memory are others each time, and a Record is to be the same again.
    text = ADDRESS.sub("0x...", " ".join(error.text.split()))
    return f": {text[:TEXT_LIMIT]}" if text else ""


MEANINGS = {
    "NotImplementedError": "this exercise is not written yet: replace the `raise` by your code",
    "SyntaxError": "Python cannot read the file; look at this line and the one above it",
    "IndentationError": "Python cannot read the file; look at this line and the one above it",
    "TabError": "tabs and spaces are mixed at the beginning of a line",
    "FileNotFoundError": "the file is missing from this folder",
    "AttributeError": "a name is misspelt, or was never set",
    "NameError": "a name is misspelt, or was never set",
    "UnboundLocalError": "a variable is used before it is set",
    "RecursionError": "your code calls itself again and again",
    "OverflowError": "a number grew too large for `math`; np.exp answers inf there",
    "FloatingPointError": "NumPy was told to raise where it would only warn",
}
MISFIT = "two shapes do not fit; print the .shape of both"
OTHER = "look at this line: what is in its variables for the input that is shown?"


def meaning(error: PartError) -> str:
    """Say what it usually means that this was raised."""
    if not error.file and any(sign in error.text for sign in NOT_SET):
        return "a property has no setter; the kit sets weights and bias during training"
    return MISFIT if is_misfit(error) else MEANINGS.get(error.name, OTHER)


def misconception(error: PartError) -> str | None:
    """Return the misconception that always raises this, by name."""
    for name, signs in SIGNS.items():
        if error.name in {"TypeError", "ValueError"} and any(sign in error.text for sign in signs):
            return name
    return None


def is_misfit(error: PartError | None) -> bool:
    """Whether two shapes did not fit."""
    return (
        error is not None
        and error.name in {"ValueError", "IndexError"}
        and any(sign in error.text for sign in (*MISFITS, "out of bounds", "boolean index"))
    )
