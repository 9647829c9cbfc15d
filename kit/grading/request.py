"""What a suite process is asked: to run hidden tests against the files of one submission."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Request(NamedTuple):
    """Run all tests, or `only` these, but none of `skipped`; `explained` says why one failed.

    With `traced`, a test that fails for whatever reason gives its traceback, for the teacher.
    """

    sources: Mapping[str, str]
    problems: Mapping[str, str]
    seed: str  # a number: JSON does not hold one of 64 bits
    only: Sequence[str] = ()
    skipped: Sequence[str] = ()
    explained: bool = True
    traced: bool = False
