"""How much a student's code may use."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from kit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

_LEAST_SECONDS, _MOST_SECONDS = 0.05, 86_400
_MOST_BYTES = 10**15
_LEAST_MEMORY = 200_000_000  # Python and NumPy need most of it before they compute anything


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a worker may use; `[limits]` in the manifest overrides any of these.

    Seconds of CPU for one call and for a whole check, seconds of wall clock for one call, bytes
    of memory, bytes of any one file (what it prints goes to one). `test_seconds` is for the other
    side: how long a hidden test itself may take, without the calls of a student's parts.
    """

    call_seconds: float = 2.0
    check_seconds: float = 30.0
    wall_seconds: float = 10.0
    memory_bytes: int = 1 << 30
    file_bytes: int = 1 << 20
    test_seconds: float = 60.0

    @classmethod
    def read(cls, table: Mapping[str, Any]) -> Limits:
        """Take the limits of a manifest; raise UsageError for a name or a number that is none."""
        known = {field.name for field in fields(cls)}
        for name, value in table.items():
            if name not in known:
                raise UsageError(f"no limit is called {name!r}; there are: {', '.join(known)}")
            if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
                raise UsageError(f"the limit {name} is a number above 0, not {value!r}")
            least, most = _range(name)
            if not least <= value <= most:
                raise UsageError(
                    f"the limit {name} is from {least:,} to {most:,}, not {value:,}; change it in "
                    "[limits] of the manifest"
                )
        return replace(cls(), **table)


def _range(name: str) -> tuple[float, float]:
    if name.endswith("_seconds"):
        return _LEAST_SECONDS, _MOST_SECONDS
    return (_LEAST_MEMORY if name == "memory_bytes" else 1), _MOST_BYTES
