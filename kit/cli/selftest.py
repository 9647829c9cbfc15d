"""What an instructor types before a suite grades anybody: kit selftest."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from kit.cli.options import COURSE, JOBS, SANDBOX

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kit.selftest.report import Report


@click.command()
@click.argument("assignment", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one object, for a program.")
@SANDBOX
@JOBS
@COURSE
@click.pass_context
def selftest(
    context: click.Context,
    assignment: str | None,
    as_json: bool,
    sandbox: str,
    jobs: int | None,
    course: Path | None,
) -> None:
    """Hold the hidden tests of ASSIGNMENT, or of all, against what is known to be right or wrong."""
    from kit.cli.scores import progress_bar
    from kit.grading.assignment import Assignment, find_course
    from kit.grading.pool import How
    from kit.selftest.selftest import selftest as run_selftest

    folder = find_course(course)
    found = [Assignment.load(folder, name) for name in _names(folder, assignment)]
    holes = 0
    for each in found:
        with progress_bar() as on_progress:
            report = run_selftest(each, How(sandbox, jobs), on_progress)
        for line in [json.dumps(report.to_json())] if as_json else _lines(report):
            click.echo(line)
        holes += report.holes
    context.exit(1 if holes else 0)


def _names(course: Path, asked: str | None) -> list[str]:
    from kit.errors import UsageError
    from kit.manifest import MANIFEST

    there = sorted(path.parent.name for path in course.glob(f"solutions/*/{MANIFEST}"))
    if not there:
        raise UsageError(f"{course} has no assignment: solutions/ holds no {MANIFEST}")
    return [asked] if asked else there


def _lines(report: Report) -> Iterator[str]:
    from kit.cli.table import visible

    width = max(len(finding.about) for finding in report.findings)
    yield f"{'':{width}}{'looked at':>11}{'holes':>7}"
    for finding in report.findings:
        yield f"{finding.about:{width}}{finding.looked_at:11}{len(finding.holes) or '-':>7}"
    for finding in report.findings:
        yield from ["", f"{finding.about}, but:"] if finding.holes else []
        for hole in finding.holes:
            yield visible(f"  {hole.name}: {hole.told}")
    matrix = report.evidence.matrix
    seconds = ", ".join(f"{name} {taken:g} s" for name, taken in report.seconds.items())
    yield ""
    if report.not_run:
        words = (
            "one was not run: it needs" if report.not_run == 1 else "ones were not run: they need"
        )
        yield f"{report.not_run} hostile {words} a better sandbox than {report.sandbox}"
    yield f"{len(matrix.rows)} submissions x {len(matrix.columns)} checks at {report.sandbox}: {seconds}"
    yield f"{report.assignment}: {report.holes or 'no'} hole{'' if report.holes == 1 else 's'}"


COMMANDS: tuple[click.Command, ...] = (selftest,)
