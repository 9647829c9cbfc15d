"""Find in nbgrader's log why it failed: the last exception, else the last errors."""

from __future__ import annotations

import re

_EXCEPTION = re.compile(
    r"^ *(?:\w+\.)*(\w*(?:Error|Exception|Exit|Interrupt)): (.*)$", re.MULTILINE
)
_LOGGED = re.compile(r"^\[\w+ \| (?:ERROR|CRITICAL)\] (.*)$", re.MULTILINE)
_NO_REASON = ("Please see the", "There was an error processing")
_SUBMITTED = re.compile(r"Cannot (add or remove cells|modify existing assignment)")
_ABOUT_SUBMISSIONS = (
    "the gradebook holds submissions of this assignment, so nbgrader cannot add, remove or rename "
    "its exercises and files; keep them as they are, or make a new assignment"
)


def last_error(log: str) -> str:
    """Return the reason in one line, or an empty text where the log gives none."""
    if _SUBMITTED.search(log):
        return _ABOUT_SUBMISSIONS
    if raised := _EXCEPTION.findall(log):
        kind, message = raised[-1]
        return message if kind == "UsageError" else f"nbgrader failed: {kind}: {message}"
    logged = [line for line in _LOGGED.findall(log) if not line.startswith(_NO_REASON)]
    return f"nbgrader failed: {'; '.join(logged[-3:])}" if logged else ""
