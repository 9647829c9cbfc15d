"""The result of one evaluation: frozen, versioned, and read by everything that comes after.

The gradebook, the feedback and the exports read Records and nothing else. A Record is the
instructor's: of its checks a student sees the title, the verdict and the `public` sentence, never
`message`, which may show a hidden input.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA = "kit/record/1"

Status = Literal["passed", "failed", "error", "timeout"]


@dataclass(frozen=True, slots=True)
class Check:
    """The verdict of one hidden test. A verdict that is missing is 0 points, its cause named."""

    id: str
    title: str
    points: float
    max_points: float
    status: Status
    kind: str
    message: str = ""
    public: str = ""
    misconception: str | None = None


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
                    "checks": [asdict(check) for check in exercise.checks],
                }
                for exercise in self.exercises
            ],
            "suite": self.suite,
            "seed": self.seed,
            "sandbox": dict(self.sandbox),
            "versions": dict(self.versions),
            "seconds": self.seconds,
        }
