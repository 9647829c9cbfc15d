"""Look whether grading works here: `kit doctor`, a table of promises and a line a finding."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from kit.cli.options import COURSE
from kit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from kit.grading.machine import Machine


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one object, for a program.")
@COURSE
@click.pass_context
def doctor(context: click.Context, as_json: bool, course: Path | None) -> None:
    """Measure what a sandbox holds on this machine, and look at the course if there is one."""
    from kit.grading.machine import measure, versions

    folder, missing = _course(course)
    machine = measure()
    findings = [_finding("sandbox", machine.obstacle), *_course_findings(folder, missing)]
    ready = not any(finding["problem"] and finding["needed"] for finding in findings)
    if as_json:
        about = {
            "versions": versions(),
            "sandbox": asdict(machine),
            "course": folder and str(folder),
        }
        click.echo(json.dumps({**about, "findings": findings, "ready": ready}))
    else:
        click.echo(", ".join(f"{name} {value or '-'}" for name, value in versions().items()))
        for line in (*_table(machine), "", *_sandbox(machine), *_lines(findings)):
            click.echo(line)
    context.exit(0 if ready else 1)


def _course(asked: Path | None) -> tuple[Path | None, str]:
    """Return the course; where there is none, what to do about it."""
    from kit.grading.assignment import find_course

    try:
        return find_course(asked), ""
    except UsageError as error:
        if asked:
            raise
        return None, str(error)


def _course_findings(folder: Path | None, missing: str) -> list[dict[str, Any]]:
    from kit.cli.extras import need_nbgrader

    try:
        need_nbgrader()
    except UsageError as error:
        return [_finding("nbgrader", str(error))]
    if folder is None:
        return [_finding("nbgrader", ""), _finding("course", missing)]
    from kit.course.checkup import check_course

    return [_finding("nbgrader", ""), *map(asdict, check_course(folder))]


def _finding(name: str, problem: str) -> dict[str, Any]:
    return {"name": name, "problem": problem, "needed": True}


def _table(machine: Machine) -> Iterator[str]:
    from kit.grading.promises import PROMISES
    from kit.grading.sandbox import LEVELS

    width = max(map(len, PROMISES.values()))
    yield ""
    yield _row("", LEVELS[::-1], width)
    for promise in PROMISES.values():
        yield _row(promise, [_kept(machine, level, promise) for level in LEVELS[::-1]], width)


def _row(first: str, cells: Sequence[str], width: int) -> str:
    return (f"{first:{width}}" + "".join(f"  {cell:5}" for cell in cells)).rstrip()


def _kept(machine: Machine, level: str, promise: str) -> str:
    if level not in machine.broken:
        return "-"
    return "open" if promise in machine.broken[level] else "holds"


def _sandbox(machine: Machine) -> Iterator[str]:
    yield "kit grade refuses to work here" if machine.obstacle else f"kit grade uses {machine.best}"
    if machine.better:
        yield machine.better
    for level, cause in machine.failed.items():
        yield f"{level} did not start: {cause}"
    yield ""


def _lines(findings: Sequence[dict[str, Any]]) -> Iterator[str]:
    for finding in findings:
        word = ("missing" if finding["needed"] else "look") if finding["problem"] else "ok"
        line = f"{word:8}{finding['name']}: {finding['problem']}".removesuffix(": ")
        yield line if line.isprintable() else ascii(line)  # a folder may have any name


COMMANDS: tuple[click.Command, ...] = (doctor,)
