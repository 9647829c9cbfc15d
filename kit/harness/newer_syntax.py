"""Find syntax that the Python of grading does not have yet, where a student's Python is newer."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kit.harness.submission import Submission
    from kit.manifest import Manifest


def all_problems(submission: Submission, manifest: Manifest) -> Mapping[str, str]:
    """Return what is wrong with each file: what was found when it was read, and newer syntax."""
    newer = {
        file: problem
        for file, text in submission.sources().items()
        if (problem := _newer_syntax(file, text, manifest.python))
    }
    return {**newer, **submission.problems}


def _newer_syntax(file: str, text: str, version: tuple[int, int] | None) -> str:
    if version is None or not _is_read(text):
        return ""
    try:
        ast.parse(text, feature_version=version)
    except SyntaxError as error:
        shown = ".".join(map(str, version))
        return f"{file} cannot be loaded by grading, which runs Python {shown}: {error.msg} (line {error.lineno})"
    return ""


def _is_read(text: str) -> bool:
    """Whether this Python can read it; what it cannot read is reported where it is loaded."""
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
