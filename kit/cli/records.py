"""What an instructor does with the Records of a course: regrade a class, forget a student."""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import TYPE_CHECKING

import click

from kit.cli.options import CLUSTER, COURSE, JOBS, SANDBOX, SUBMITTED
from kit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kit.course.forget import Traces


@click.command()
@click.argument("assignment")
@SUBMITTED
@click.option("--json", "as_json", is_flag=True, help="Print one student a line, for a program.")
@click.option("--dry-run", is_flag=True, help="Show who would move; leave the gradebook alone.")
@SANDBOX
@JOBS
@CLUSTER
@COURSE
@click.pass_context
def regrade(
    context: click.Context,
    assignment: str,
    submitted: Path | None,
    as_json: bool,
    dry_run: bool,
    sandbox: str,
    jobs: int | None,
    cluster: str,
    course: Path | None,
) -> None:
    """Grade ASSIGNMENT again, what changed alone, and print who moved because of which check."""
    from kit.cli.extras import need_nbgrader

    need_nbgrader()
    from kit.cli.movements import show_movements
    from kit.cli.scores import progress_bar, show_failures, show_note
    from kit.course.absent import NOTHING
    from kit.course.grade import grade as grade_class
    from kit.course.movement import compare_class
    from kit.grading.assignment import find_course
    from kit.grading.ledger import records_before
    from kit.grading.pool import How

    folder, how = find_course(course), How(sandbox, jobs, cluster)
    before, found = records_before(folder, assignment), dict[str, dict[str, str]]()
    grade_here = partial(grade_class, folder, assignment, submitted, how=how, dry_run=dry_run)
    with progress_bar() as on_progress:
        after = dict(grade_here(on_progress, on_note=found.__setitem__))
    failed = [student for student, outcome in after.items() if isinstance(outcome, str)]
    first_time = len(after.keys() - before.keys() - set(failed))
    show_movements(compare_class(before, after), first_time, as_json=as_json)
    show_failures(after, "could not be graded")
    show_note(NOTHING, found.get(NOTHING, {}))
    context.exit(1 if failed else 0)


@click.command()
@click.argument("student")
@click.option("--yes", is_flag=True, help="Do not ask.")
@COURSE
@click.pass_context
def forget(context: click.Context, student: str, yes: bool, course: Path | None) -> None:
    """Delete all that the course keeps of STUDENT: Records, folders, and rows of the gradebook."""
    from kit.cli.extras import need_nbgrader

    need_nbgrader()
    from kit.cli.table import visible
    from kit.course.forget import delete, find_traces
    from kit.grading.assignment import find_course

    folder = find_course(course)
    traces = find_traces(folder, student)
    for line in _what_goes(traces, folder):
        click.echo(visible(line))
    if not yes and not sys.stdin.isatty():
        raise UsageError("nothing was deleted: there is nobody to ask here; add --yes")
    if not yes:
        click.confirm("Delete this for good?", abort=True)
    delete(traces)
    for line in traces.elsewhere:
        click.echo(visible(f"kit: not deleted, look for yourself: {line}"), err=True)
    context.exit(1 if traces.elsewhere else 0)


def _what_goes(traces: Traces, course: Path) -> Iterator[str]:
    from kit.course.gradebook import file_of, shown

    if traces.records or traces.shared_records:
        stay = f"; {traces.shared_records} that another student has too will stay"
        count = f"{len(traces.records)} Record{'' if len(traces.records) == 1 else 's'}"
        yield count + (stay if traces.shared_records else "")
    for path in (*traces.ledger, *traces.folders):
        yield os.path.relpath(path, course)
    for url in traces.gradebooks:
        file = file_of(url)
        yield f"all rows in {os.path.relpath(file, course) if file else shown(url)}"


COMMANDS: tuple[click.Command, ...] = (regrade, forget)
