"""Say the verdict of an exercise: to the student in words, to nbgrader in one number."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from nbformat import from_dict

if TYPE_CHECKING:
    from kit.grading.record import Check, ExerciseResult

_WORDS = {
    "passed": "PASS",
    "failed": "FAIL",
    "error": "ERROR",
    "timeout": "TIMEOUT",
    "void": "VOID",
}


def report(result: ExerciseResult) -> str:
    """Return what the student reads: a line for each check, and under it why it failed, once."""
    head = f"{_plain(result.title)}: {result.score:g} of {result.max_score:g} points"
    lines, told = [head, ""], set()
    for check in result.checks:
        why = _why(check, check.public in told)
        lines += [_line(check), *(f"{'':18}{line}".rstrip() for line in why)]
        told.add(check.public)
    return "\n".join(lines) + "\n"


def grade_outputs(result: ExerciseResult, points: float) -> list[Any]:
    """Return the outputs of a grade cell that is worth `points`: the report, then the score."""
    # Not made by nbformat's new_output, which validates each one, ten times as long as this takes.
    shown = {"output_type": "stream", "name": "stdout", "text": report(result)}
    number = {"text/plain": repr(mark(result, points))}
    returned = {"output_type": "execute_result", "data": number, "metadata": {}}
    return [from_dict(shown), from_dict({**returned, "execution_count": None})]


def mark(result: ExerciseResult, points: float) -> float:
    """Return the score as nbgrader may read it: a plain float from 0 to `points`.

    nbgrader reads no output, a negative number, NaN and `np.float64(1.5)` as full marks, and more
    than `points` as an error.
    """
    return float(min(max(0.0, result.score), points)) if math.isfinite(result.score) else 0.0


def _line(check: Check) -> str:
    points = f"{check.points:g} of {check.max_points:g}"
    return f"{_WORDS[check.status]:<8}{points:<9} {_plain(check.title)}"


def _why(check: Check, is_told: bool) -> list[str]:
    lines = check.public.splitlines()
    if is_told and len(lines) > 1:
        return ["For the reason above."]
    return [*map(_plain, lines), *([""] if len(lines) > 1 else [])]


def _plain(text: str) -> str:
    # A colour code would be turned into HTML by nbconvert, and other control characters hide text.
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else " " for letter in text)
