"""The self test: hold the suite of an assignment against everything whose verdict is known."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from kit.grading.reference import read_reference
from kit.selftest.collection import checks_for, collect_entries
from kit.selftest.disclosure import secrets
from kit.selftest.evidence import Evidence
from kit.selftest.hostile import RUNAWAY, hostile_folders
from kit.selftest.matrix import CAPSTONE, columns
from kit.selftest.progress import Progress
from kit.selftest.public import public_suite
from kit.selftest.repeats import again, failed_each_time, to_repeat
from kit.selftest.report import Report
from kit.selftest.rules import find_holes
from kit.selftest.run import Runner, fill_matrix

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from kit.grading.assignment import Assignment
    from kit.grading.pool import How
    from kit.selftest.entries import Entry
    from kit.selftest.matrix import Matrix

NOT_FOR_PUBLIC_TESTS = {"mutant", "near miss", "hostile"}


def selftest(
    assignment: Assignment, how: How, on_progress: Callable[[int, int, str], None]
) -> Report:
    """Run everything and look at it; raise GradingError where the reference gets no verdict."""
    progress = Progress(on_progress)
    solution = read_reference(assignment)
    with Runner(assignment, how, progress.step) as runner:
        first = runner.first(solution)
        level, checks = str(first.sandbox["level"]), columns(first)
        entries, notes = collect_entries(assignment, solution, level)
        runaways = [entry for entry in entries if entry.family == RUNAWAY]
        others = [entry for entry in entries if entry.family != RUNAWAY]
        for_public = [entry for entry in entries if entry.kind not in NOT_FOR_PUBLIC_TESTS]
        often = to_repeat(others)
        repeats = [each for entry in often for each in again(entry)]
        progress.total = sum(map(len, (entries, repeats, for_public)))
        with progress.part("hidden"):
            matrix = fill_matrix(runner, others, checks, checks_for, explain=True)
        with progress.part("repeats"):
            later = fill_matrix(runner, repeats, checks, checks_for)
        with progress.part("public"):
            public = run_public(assignment, how, progress, for_public, capstones_of(matrix))
        with progress.part("runaways"):
            late = fill_matrix(runner, runaways, checks, checks_for)
    runs = failed_each_time(often, matrix, later)
    evidence = Evidence(matrix.joined(late), notes, public, runs, secrets(assignment.hidden))
    return Report(
        assignment=assignment.name,
        suite=runner.suite,
        sandbox=level,
        not_run=len(hostile_folders(assignment)) - sum(map(_is_hostile, entries)),
        seconds=progress.seconds,
        evidence=evidence,
        findings=find_holes(evidence),
    )


def _is_hostile(entry: Entry) -> bool:
    return entry.kind == "hostile"


def run_public(
    assignment: Assignment,
    how: How,
    progress: Progress,
    entries: Sequence[Entry],
    capstones: Collection[str],
) -> Matrix:
    """Run the public tests, each entry with those that it is run with of the hidden ones."""
    with tempfile.TemporaryDirectory(prefix="kit-public-") as folder:
        suite = public_suite(assignment, capstones, Path(folder))
        with Runner(suite, how, progress.step) as runner:
            found = columns(runner.first(entries[0].submission))
            return fill_matrix(runner, entries, found, checks_for)


def capstones_of(matrix: Matrix) -> set[str]:
    """Return the exercises that every part has a share in."""
    return {column.exercise for column in matrix.columns.values() if column.kind == CAPSTONE}
