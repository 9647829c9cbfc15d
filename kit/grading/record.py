"""The result of one evaluation: frozen, versioned, and read by everything that comes after.

The gradebook, the feedback and the exports read Records and nothing else. A Record is the
instructor's: of its checks a student sees the title, the verdict and the `public` sentence, never
`message`, which may show a hidden input.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from kit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA = "kit/record/1"

Status = Literal["passed", "failed", "error", "timeout", "void"]


@dataclass(frozen=True, slots=True)
class Check:
    """The verdict of one hidden test. A verdict that is missing is 0 points, its cause named.

    One that is "void" does not count: everybody has its points, and `message` is the reason.
    """

    id: str
    title: str
    points: float
    max_points: float
    status: Status
    kind: str
    message: str = ""
    public: str = ""
    misconception: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the check as plain values; `dataclasses.asdict` takes ten times as long."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class ExerciseResult:
    """The checks of one exercise; its score is their sum."""

    name: str
    title: str
    checks: tuple[Check, ...]

    @property
    def score(self) -> float:
        """The points that were earned."""
        return sum(check.points for check in self.checks)

    @property
    def is_late(self) -> bool:
        """Whether a check of it ran out of time."""
        return any(check.status == "timeout" for check in self.checks)

    @property
    def max_score(self) -> float:
        """The points that could be earned."""
        return sum(check.max_points for check in self.checks)


@dataclass(frozen=True, slots=True)
class Record:
    """One submission, evaluated: JSON schema `kit/record/1`.

    `suite` is the digest of everything that decides a score, `seed` what the hidden inputs were
    drawn from, `sandbox` under what guarantee it ran: {"level": "L1", "broken": [promises]}.
    """

    assignment: str
    submission: Mapping[str, str]
    exercises: tuple[ExerciseResult, ...]
    suite: str
    seed: str
    sandbox: Mapping[str, Any]
    versions: Mapping[str, str]
    seconds: float

    @property
    def score(self) -> float:
        """The points of all exercises."""
        return sum(exercise.score for exercise in self.exercises)

    @property
    def max_score(self) -> float:
        """The points that the assignment has."""
        return sum(exercise.max_score for exercise in self.exercises)

    @property
    def is_late(self) -> bool:
        """Whether a check ran out of time."""
        return any(exercise.is_late for exercise in self.exercises)

    @classmethod
    def from_json(cls, table: Any) -> Record:
        """Return the Record that `to_json` told of; raise UsageError where it is not a whole one."""
        schema = table.get("schema") if isinstance(table, dict) else None
        if schema != SCHEMA:
            raise UsageError(f"this is no {SCHEMA}: its schema is {schema!r}")
        try:
            record = cls(
                assignment=_text(table, "assignment"),
                submission=_texts(table, "submission"),
                exercises=tuple(map(_exercise, table["exercises"])),
                suite=_text(table, "suite"),
                seed=_text(table, "seed"),
                sandbox={**table["sandbox"], "level": _text(table["sandbox"], "level")},
                versions=_texts(table, "versions"),
                seconds=_number(table, "seconds"),
            )
            _insist_on_the_sum(record, _number(table, "score"))
        except KeyError as error:
            raise UsageError(f"this {SCHEMA} is not whole: {error} is missing") from None
        except (TypeError, ValueError, OverflowError) as error:
            raise UsageError(f"this {SCHEMA} is damaged: {error}") from None
        return record

    def to_json(self) -> dict[str, Any]:
        """Return the Record as plain values, ready for `json.dumps`."""
        return {
            "schema": SCHEMA,
            "assignment": self.assignment,
            "submission": dict(self.submission),
            "score": self.score,
            "max_score": self.max_score,
            "exercises": [
                {
                    "name": exercise.name,
                    "title": exercise.title,
                    "score": exercise.score,
                    "max_score": exercise.max_score,
                    "checks": [check.to_json() for check in exercise.checks],
                }
                for exercise in self.exercises
            ],
            "suite": self.suite,
            "seed": self.seed,
            "sandbox": dict(self.sandbox),
            "versions": dict(self.versions),
            "seconds": self.seconds,
        }


def _exercise(table: Any) -> ExerciseResult:
    checks = tuple(map(_check, table["checks"]))
    return ExerciseResult(_text(table, "name"), _text(table, "title"), checks)


def _check(table: Any) -> Check:
    status: Any = _shared(table, "status")
    if status not in get_args(Status):
        raise ValueError(f"status is {status!r}")
    misconception = table["misconception"]
    return Check(
        id=_shared(table, "id"),
        title=_shared(table, "title"),
        points=_number(table, "points"),
        max_points=_number(table, "max_points"),
        status=status,
        kind=_shared(table, "kind"),
        message=_text(table, "message"),
        public=_shared(table, "public"),
        misconception=None if misconception is None else _shared(table, "misconception"),
    )


def _texts(table: Any, name: str) -> dict[str, str]:
    return {key: _text(table[name], key) for key in table[name]}


def _text(table: Any, name: str) -> str:
    value = table[name]
    if not isinstance(value, str):
        raise TypeError(f"{name} is {value!r}")
    return value


def _shared(table: Any, name: str) -> str:
    return sys.intern(_text(table, name))  # the same words for a whole class


def _number(table: Any, name: str) -> float:
    value = table[name]
    if not isinstance(value, (int, float)) or not math.isfinite(value):
        raise TypeError(f"{name} is {value!r}")
    return float(value)


def _insist_on_the_sum(record: Record, score: float) -> None:
    if not math.isclose(record.score, score, abs_tol=1e-9):  # Python 3.12 sums with other last bits
        raise ValueError(f"its checks give {record.score:g} points and it says {score:g}")
