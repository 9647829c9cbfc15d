"""Gather all entries of an assignment: what its folders hold, and what is made of its solution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kit.errors import UsageError
from kit.harness.submission import Submission, read_submission
from kit.selftest.entries import Entry
from kit.selftest.hostile import read_hostile
from kit.selftest.matrix import CAPSTONE
from kit.selftest.mutants import mutants
from kit.selftest.zoo import read_notes, read_zoo

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kit.grading.assignment import Assignment
    from kit.selftest.entries import Kind
    from kit.selftest.matrix import Column
    from kit.selftest.mutants import Mutant
    from kit.selftest.zoo import Notes

WITHOUT_CAPSTONE = {"fine", "argument", "start"}  # these near misses train as well as any


def collect_entries(
    assignment: Assignment, solution: Submission, level: str
) -> tuple[list[Entry], Notes]:
    """Return all entries, the reference first, and what the zoo says about checks and mutants."""
    notes = read_notes(assignment)
    entries = [
        Entry("reference", "reference", solution, _all(assignment)),
        _stub(assignment),
        *read_zoo(assignment, solution),
        *_mutants(assignment, solution, notes),
        *read_hostile(assignment, solution, level),
    ]
    return entries, notes


def checks_for(entry: Entry, columns: Mapping[str, Column]) -> tuple[str, ...]:
    """Return the checks that an entry is to be run with: those of the exercises that it concerns.

    The capstone takes longer than all the rest, so only those run it that have to do with it.
    """
    capstones = {column.exercise for column in columns.values() if column.kind == CAPSTONE}
    if entry.kind == "wrong":
        with_capstone = bool(capstones & set(entry.exercises))
    else:
        with_capstone = entry.kind != "mutant" and entry.family not in WITHOUT_CAPSTONE
    run = set(entry.concerns) if with_capstone else set(entry.concerns) - capstones
    return tuple(name for name, column in columns.items() if column.exercise in run)


def _stub(assignment: Assignment) -> Entry:
    folder = assignment.course / "assignments" / assignment.name
    if not folder.is_dir():
        raise UsageError(
            f"{assignment.name} has not been released: run kit build {assignment.name}"
        )
    stub = read_submission(folder, assignment.manifest, "stub")
    return Entry("stub", "stub", stub, _all(assignment))


def _all(assignment: Assignment) -> tuple[str, ...]:
    return tuple(exercise.name for exercise in assignment.manifest.exercises)


def _mutants(assignment: Assignment, solution: Submission, notes: Notes) -> Iterator[Entry]:
    for mutant in mutants(solution, assignment.manifest):
        yield _mutated(mutant, solution, is_equivalent=mutant.name in notes.equivalent)


def _mutated(mutant: Mutant, solution: Submission, *, is_equivalent: bool) -> Entry:
    files = {**solution.files, mutant.method.file: mutant.source.encode()}
    kind: Kind = "near miss" if mutant.family else "mutant"
    return Entry(
        name=mutant.name,
        kind="equivalent" if is_equivalent else kind,
        submission=Submission(mutant.name, files),
        concerns=mutant.method.exercises,
        operator=mutant.operator,
        family=mutant.family,
    )
