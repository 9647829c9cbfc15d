"""A submission whose verdict is known, whatever it is: what the self test holds a suite against."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kit.harness.submission import Submission

Kind = Literal[
    "reference", "stub", "right", "wrong", "hostile", "mutant", "near miss", "equivalent"
]
RIGHT: tuple[Kind, ...] = ("reference", "right", "equivalent")


@dataclass(frozen=True, slots=True)
class Entry:
    """One submission: what it is, and which verdict it is to get.

    `concerns` are the exercises that have a file which differs from the reference's: each file is
    loaded by itself, so no other can tell. `exercises` are those that are to catch a wrong one;
    `operator` and `family` tell how a mutant or a near miss was made, and of a hostile one whether
    it runs away; `scores` is what that one earns.
    """

    name: str
    kind: Kind
    submission: Submission
    concerns: tuple[str, ...]
    exercises: tuple[str, ...] = ()
    operator: str = ""
    family: str = ""
    misconception: str = ""
    scores: Mapping[str, float] = field(default_factory=dict)
