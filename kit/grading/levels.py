"""Which sandbox to grade in: what was asked for, and what this machine can do."""

from __future__ import annotations

from kit.errors import UsageError
from kit.grading.kernel import best_level, missing_call
from kit.grading.sandbox import LEVELS

REQUIRE, AUTO, OFF = "require", "auto", "off"
CHOICES = (REQUIRE, AUTO, OFF, *reversed(LEVELS))
LEAST = "L2"


def choose_level(wanted: str) -> str:
    """Return the level to grade in; raise UsageError where this machine cannot give it.

    `require` takes the best there is and refuses below L2, `auto` takes the best there is, `off`
    only limits resources, and a level by its name is exactly that one.
    """
    if wanted not in CHOICES:
        raise UsageError(f"no sandbox is called {wanted!r}; there are: {', '.join(CHOICES)}")
    if missing := missing_call():
        raise UsageError(f"no submission can be run here: {missing}")
    best, why = best_level()
    if wanted == OFF:
        return min(best, "L1")
    if wanted == AUTO:
        return best
    level = max(best, LEAST) if wanted == REQUIRE else wanted
    if level > best:
        raise UsageError(refusal(level, why))
    return level


def acceptable(wanted: str) -> tuple[str, ...]:
    """Return the levels under which an earlier Record is as good as a new one, best first."""
    if wanted == REQUIRE:
        return tuple(level for level in reversed(LEVELS) if level >= LEAST)
    if wanted == AUTO:
        return tuple(reversed(LEVELS))
    return ("L1" if wanted == OFF else wanted,)


def refusal(level: str, why: str) -> str:
    """Say what is missing and what to do."""
    return (
        f"this machine does not offer the sandbox asked for ({level}): {why}. `kit doctor` says "
        "what holds here; a weaker sandbox is chosen by name: --sandbox=auto, --sandbox=off"
    )
