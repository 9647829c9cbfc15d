"""Read the zoo of an assignment, `tests/zoo/<name>`: submissions with a declared verdict.

wrong/<entry>/    the files that differ from the reference, and a `verdict.toml`
right/<entry>/    the same; accepted all the same
hostile/<entry>/  whole submissions that attack the grader (see `hostile.py`)
equivalent.toml   mutants that are no mistakes: "name" = "reason"
checks.toml       [stays] and [coarse]: "check" = "reason"; [green]: "wrong/<entry>" = "reason"
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kit.errors import UsageError
from kit.harness.submission import Submission, read_submission
from kit.selftest.entries import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kit.grading.assignment import Assignment
    from kit.manifest import Manifest
    from kit.selftest.entries import Kind

VERDICT = "verdict.toml"
KEYS: dict[str, set[str]] = {"wrong": {"misconception", "exercise", "note"}, "right": {"note"}}


@dataclass(frozen=True, slots=True)
class Notes:
    """What the zoo says about mutants and checks, each with its reason.

    `equivalent` mutants are no mistakes. A check that `stays` is the only one to catch nothing; a
    `coarse` one has a wide tolerance on purpose. A wrong entry that is `green` is one that no
    public test can show.
    """

    equivalent: Mapping[str, str] = field(default_factory=dict)
    stays: Mapping[str, str] = field(default_factory=dict)
    coarse: Mapping[str, str] = field(default_factory=dict)
    green: Mapping[str, str] = field(default_factory=dict)


def zoo_folder(assignment: Assignment) -> Path:
    """Return where the zoo of an assignment is, if it has one."""
    return assignment.course / "tests" / "zoo" / assignment.name


def read_notes(assignment: Assignment) -> Notes:
    """Read what the zoo says about mutants and checks; nothing where it has no such files."""
    folder = zoo_folder(assignment)
    equivalent = _reasons(folder / "equivalent.toml", read_table(folder / "equivalent.toml"))
    path = folder / "checks.toml"
    checks = read_table(path)
    names = ("stays", "coarse", "green")
    if unknown := set(checks) - set(names):
        known = "[stays], [coarse] and [green]"
        raise UsageError(f"{path}: there is no [{min(unknown)}]; there are {known}")
    return Notes(equivalent, *(_reasons(path, checks.get(name, {})) for name in names))


def read_zoo(assignment: Assignment, solution: Submission) -> Iterator[Entry]:
    """Yield the wrong and the right entries; raise UsageError where one is not whole."""
    kinds: tuple[Kind, ...] = ("wrong", "right")
    for kind in kinds:
        for folder in entry_folders(zoo_folder(assignment) / kind):
            yield _entry(kind, folder, assignment.manifest, solution)


def entry_folders(folder: Path) -> list[Path]:
    """Return the entries in a folder of the zoo: every folder in it, in the order of names."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.is_dir() and path.name[0] not in "._")


def read_verdict(folder: Path) -> dict[str, Any]:
    """Read the `verdict.toml` of an entry; raise UsageError where it has none."""
    path = folder / VERDICT
    if not path.is_file():
        raise UsageError(f"{folder} is no entry of a zoo: it has no {VERDICT}")
    return read_table(path)


def read_table(path: Path) -> dict[str, Any]:
    """Read a file of the zoo; a file that is missing is an empty table."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from None


def _entry(kind: Kind, folder: Path, manifest: Manifest, solution: Submission) -> Entry:
    verdict = read_verdict(folder)
    if set(verdict) != KEYS[kind]:
        keys = ", ".join(sorted(KEYS[kind]))
        raise UsageError(f"{folder / VERDICT} has {', '.join(sorted(verdict))}, not {keys}")
    declared = verdict.get("exercise", [])
    exercises = tuple([declared] if isinstance(declared, str) else declared)
    for exercise in exercises:
        manifest.exercise(exercise)
    there = _files(folder, manifest)
    return Entry(
        name=f"{kind}/{folder.name}",
        kind=kind,
        submission=_overlaid(f"{kind}/{folder.name}", folder, manifest, solution),
        concerns=tuple(each.name for each in manifest.exercises if there & set(each.files)),
        exercises=exercises,
        misconception=str(verdict.get("misconception", "")),
    )


def _overlaid(name: str, folder: Path, manifest: Manifest, solution: Submission) -> Submission:
    """Return the solution with the files of an entry in the place of its own."""
    there = _files(folder, manifest)
    found = read_submission(folder, manifest, name)
    problems = {file: problem for file, problem in found.problems.items() if file in there}
    kept = {file: text for file, text in solution.files.items() if file not in there}
    return Submission(name, {**kept, **found.files}, problems)


def _files(folder: Path, manifest: Manifest) -> set[str]:
    there = {path.name for path in folder.iterdir() if path.name != "__pycache__"} - {VERDICT}
    if strange := there - set(manifest.files):
        raise UsageError(f"{folder / min(strange)} is no file of the assignment")
    if not there:
        raise UsageError(f"{folder} has no file that differs from the solution")
    return there


def _reasons(path: Path, table: Any) -> dict[str, str]:
    whole = isinstance(table, dict) and all(
        isinstance(reason, str) and reason for reason in table.values()
    )
    if not whole:
        raise UsageError(f'{path}: each line is a name and a reason, as in "name" = "reason"')
    return dict(table)
