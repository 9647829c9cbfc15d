"""A bench for a student's files in this process, with what grading offers and refuses."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from kit.bench import Bench
from kit.harness.imports import builtins_offering
from kit.harness.newer_syntax import all_problems

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from kit.harness.submission import Submission
    from kit.manifest import Manifest


def bench_for(
    submission: Submission,
    manifest: Manifest,
    around: Callable[[], AbstractContextManager[Any]] = nullcontext,
) -> Bench:
    """Return a bench with the files of a submission: each call runs in `around()`."""
    builtins = builtins_offering(manifest.imports)
    problems = all_problems(submission, manifest)
    return Bench(submission.sources(), problems, builtins=builtins, around=around)
