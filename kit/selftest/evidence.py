"""What the rules look at, and what they find."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kit.selftest.matrix import Matrix
    from kit.selftest.zoo import Notes

    Looked: TypeAlias = Iterator[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that was run.

    `public` is the matrix of the public tests; `repeats` holds, for each entry that was run more
    often, the checks that it failed each time; `secrets` are pieces of the hidden suite.
    """

    matrix: Matrix
    notes: Notes
    public: Matrix
    repeats: Mapping[str, list[frozenset[str]]] = field(default_factory=dict)
    secrets: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Hole:
    """What is wrong, and with what: the name of a submission or of a check."""

    name: str
    told: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one rule: how many subjects it looked at, and the holes among them."""

    rule: str
    about: str
    looked_at: int
    holes: tuple[Hole, ...]


def fails(checks: Iterable[str]) -> str:
    """Return the words for some checks that fail, "" for none."""
    names = ", ".join(sorted(checks))
    return f"fails {names}" if names else ""
