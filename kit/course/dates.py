"""Read the time in `timestamp.txt`: one that can be misread is no date.

ISO 8601 is read, and what nbgrader writes: `2026-11-30 19:30:48.123456 UTC`. The letters of a zone
(IST is three of them), AM and PM, a day before its month, a time or a year alone would be guesses,
and a wrong guess costs a student a penalty.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kit.errors import UsageError
from kit.harness.submission import read_submission
from kit.manifest import Manifest

if TYPE_CHECKING:
    from pathlib import Path

TIMESTAMP = "timestamp.txt"
NO_DATE = "is no date; graded as if never late"

_DAY = r"[0-9]{4}(?:-[0-9]{2}-[0-9]{2}|[0-9]{4}|-?W[0-9]{2}-?[0-9])"
_CLOCK = r"[0-9]{2}(?::?[0-9]{2}(?::?[0-9]{2}(?:[.,][0-9]+)?)?)?"
_OFFSET = r"UTC|GMT|Z|[+-][0-9]{2}(?::?[0-9]{2})?"
_DATE = re.compile(rf"({_DAY})(?:(?:T| +)({_CLOCK})(?: *({_OFFSET}))?)?")


def date_in(folder: Path) -> datetime | None:
    """Return the time in a submission's `timestamp.txt`, in UTC and without a zone, as nbgrader does.

    None where there is no such file, or where it is no date.
    """
    try:
        content = read_submission(folder, Manifest("", (TIMESTAMP,), ())).files.get(TIMESTAMP, b"")
        return parse_date(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, UsageError, OSError):  # such as a folder that is not there
        return None


def parse_date(text: str) -> datetime | None:
    """Return the time that a text names, in UTC and without a zone; None for any other text."""
    found = _DATE.fullmatch(text.strip().upper())
    if not found:
        return None
    day, clock, offset = found.groups()
    zone = "+00:00" if offset in {None, "UTC", "GMT", "Z"} else offset
    try:
        when = datetime.fromisoformat(f"{day}T{clock or '00'}{zone}")
        return when.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):  # a month 13, or the year 1 in the east
        return None
