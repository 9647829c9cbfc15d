"""`kit check`: what would be graded of the assignment in this folder, and the archive to hand in."""

from __future__ import annotations

import json
import platform
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kit.errors import KitError, UsageError

if TYPE_CHECKING:
    from kit.grading.record import Record
    from kit.harness.check import FileCheck
    from kit.harness.submission import Submission
    from kit.manifest import Manifest

SCHEMA = "kit/check/1"


@click.command()
@click.option("--zip", "is_zipped", is_flag=True, help="Write the archive to hand in, too.")
@click.option("--json", "as_json", is_flag=True, help="Print for a program to read.")
@click.pass_context
def check(context: click.Context, is_zipped: bool, as_json: bool) -> None:
    """Check the assignment in this folder: what would be graded, and the public tests."""
    from kit.harness.check import check_files
    from kit.harness.submission import read_submission
    from kit.manifest import MANIFEST, read_manifest

    folder = Path()
    if not (folder / MANIFEST).is_file():
        raise UsageError(f"there is no {MANIFEST} here; go to an assignment's folder")
    manifest = read_manifest(folder)
    submission = read_submission(folder, manifest)
    files = check_files(submission, manifest)
    record, cause = _public(folder, manifest, submission)
    archive = _archive(submission) if is_zipped else None
    is_right = all(file.is_right for file in files) and _is_green(record)
    if as_json:
        click.echo(json.dumps(_listing(submission.name, files, record, cause, archive, is_right)))
    else:
        _show(manifest, files, record, cause)
        _conclude(submission, archive, is_right=is_right, is_tested=record is not None)
    context.exit(0 if is_right else 1)


COMMANDS: tuple[click.Command, ...] = (check,)


def _public(folder: Path, manifest: Manifest, submission: Submission) -> tuple[Record | None, str]:
    """Run the public tests in a worker; return why not where this machine has none."""
    if platform.system() != "Linux":
        return None, "the grader's worker runs on Linux alone"
    try:
        from kit.grading.public import run_public_tests

        return run_public_tests(folder, manifest, submission), ""
    except ImportError as error:
        return None, f"{error.name} is missing; pip install 'backprop-kit[grade]'"
    except (KitError, OSError) as error:
        return None, str(error).partition(". `kit doctor`")[0]


def _is_green(record: Record | None) -> bool:
    return record is None or record.score == record.max_score


def _archive(submission: Submission) -> Path | None:
    from kit.harness.hand_in import write_archive

    if not submission.files:
        return None
    target = Path(f"{submission.name}.zip")
    write_archive(target, submission.files)
    return target


def _show(manifest: Manifest, files: list[FileCheck], record: Record | None, cause: str) -> None:
    click.echo(f"{manifest.title}: what would be graded")
    for file in files:
        click.echo(f"  {_line(file)}")
        for problem in filter(None, file.classes.values()):
            click.echo(f"      {problem}")
    if record is None:
        click.echo(f"The public tests were not run as in grading: {cause}")
        click.echo("`pytest` runs them without its limits of time, memory and files.")
        return
    click.echo(f"Public tests, run as in grading ({record.sandbox['level']})")
    for exercise in record.exercises:
        counted = f"{exercise.score:g} of {exercise.max_score:g}"
        red = "" if exercise.score == exercise.max_score else _red(exercise.name)
        click.echo(f"  {exercise.title:<40} {counted:>9}{red}")


def _line(file: FileCheck) -> str:
    if file.problem:
        return file.problem
    there = [name for name, problem in file.classes.items() if not problem]
    taken = f" (taken from {file.found})" if file.found else ""
    return f"{file.name:<16} {file.size} bytes, {', '.join(there) or 'no class'}{taken}"


def _red(exercise: str) -> str:
    return f"   pytest --exercise {exercise} says why"


def _conclude(
    submission: Submission, archive: Path | None, *, is_right: bool, is_tested: bool
) -> None:
    if archive:
        click.echo(f"Wrote {archive}: {', '.join(sorted(submission.files))}")
    right = "Nothing is wrong." if is_tested else "Nothing is wrong so far: run pytest, too."
    click.echo(right if is_right else "Something is wrong: see above.")


def _listing(
    name: str,
    files: list[FileCheck],
    record: Record | None,
    cause: str,
    archive: Path | None,
    is_right: bool,
) -> dict[str, Any]:
    tests = [
        {"name": each.name, "passed": int(each.score), "tests": int(each.max_score)}
        for each in (record.exercises if record else ())
    ]
    return {
        "schema": SCHEMA,
        "assignment": name,
        "ok": is_right,
        "files": [asdict(file) for file in files],
        "public": tests if record else None,
        "not_run": cause,
        "zip": str(archive) if archive else None,
    }
