"""The words that a student reads of an error, in the place of a traceback."""

from __future__ import annotations

import textwrap

from kit.errors import KitError, PartError, PartTimeoutError, SubmissionError
from kit.testing.closeness import CheckFailed
from kit.testing.diagnosis import unusable

MEANINGS = {
    "no answer within": "a loop that never ends, or a call that waits: what would end it?",
    "Exercise ": "this exercise is not written yet: replace the `raise` by your code",
    "truth value of an array": "x is a whole batch; use NumPy's version of `max` or `if`",
    "only 0-dimensional arrays": "`math` knows numbers; `np` knows arrays",
    "only length-1 arrays": "`math` knows numbers; `np` knows arrays",
    "could not be broadcast": "two shapes do not fit; print the .shape of both",
    "matmul": "two shapes do not fit; print the .shape of both",
    "positional argument": "a method's first argument is `self`, then come those of the contract",
    "grading offers": "your code will be graded without this module",
    "no keyboard": "your code is graded without you: give it values, not questions",
    "a submission reaches": "grading refuses this; remove the line",
    "a submission starts": "grading refuses this; remove the line",
    "attempted relative import": "each file is graded by itself; copy what it needs into it",
    "has no attribute": "a name is misspelt, or was never set",
    "is not defined": "a name is misspelt, was never set, or is an attribute: `self.name`",
}
MEANINGS_OF_NAMES = {
    "SyntaxError": "Python cannot read the file; look at this line and the one above it",
    "IndentationError": "lines of one block start in the same column; four spaces each",
    "TabError": "tabs and spaces are mixed at the start of a line; use spaces only",
    "RecursionError": "a function calls itself, again and again, without an end",
    "FileNotFoundError": "grading opens no file; remove the line",
    "SystemExit": "`exit()` and `quit()` end the program; remove them",
    "KeyboardInterrupt": "your code raises what Ctrl-C raises; raise something else",
    "UnboundLocalError": "a variable is used before it is set",
}
COLUMNS = 80


def words(error: Exception, columns: int = COLUMNS) -> str:
    """Return what a student reads of an error, indented, without a traceback."""
    if isinstance(error, SubmissionError):
        sentence, *meaning = unusable(error, ()).text.splitlines()
        text = "\n".join([sentence, *error.shown, *meaning])
    elif isinstance(error, PartError):
        text = _raised(error)
    elif isinstance(error, CheckFailed | KitError):
        text = str(error)
    else:
        text = (
            f"Came: something that the test cannot use: {type(error).__name__}: {error}\n"
            "What it usually means: a `return` is missing, or what is returned is no array"
        )
    return indented(text, columns)


def _raised(error: PartError) -> str:
    came = "" if isinstance(error, PartTimeoutError) else "your code raised "
    lines = [*getattr(error, "__notes__", []), f"Came: {came}{error}", *error.shown]
    found = MEANINGS_OF_NAMES.get(error.name)
    meanings = [text for sign, text in MEANINGS.items() if sign in error.text]
    if found:
        meanings.insert(0, found)
    return "\n".join([*lines, *(f"What it usually means: {text}" for text in meanings[:1])])


def indented(text: str, columns: int = COLUMNS) -> str:
    """Set a text apart from the lines of pytest, and wrap what is wider than the terminal."""
    return "\n" + "\n".join(wrapped(line, columns) for line in text.splitlines()) + "\n"


def wrapped(line: str, columns: int, indent: str = "  ") -> str:
    """Indent a line and wrap it between words; what is indented already is a table, and stays."""
    if line.startswith("    ") or len(indent + line) <= columns:
        return f"{indent}{line}".rstrip()
    return textwrap.fill(
        line,
        max(columns, 40),
        initial_indent=indent,
        subsequent_indent=f"{indent}  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
