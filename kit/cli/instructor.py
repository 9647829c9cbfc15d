"""What an instructor types: build, evaluate, grade, demo."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from kit.cli.options import CLUSTER, COURSE, JOBS, SANDBOX, SUBMITTED


@click.command()
@click.argument("assignment")
@COURSE
def build(assignment: str, course: Path | None) -> None:
    """Release ASSIGNMENT: write assignments/ASSIGNMENT from solutions/ASSIGNMENT."""
    from kit.course.build import build as release
    from kit.grading.assignment import find_course

    released = release(find_course(course), assignment)
    click.echo(f"released {released}")


@click.command()
@click.argument("assignment")
@SUBMITTED
@click.option(
    "--student", "students", multiple=True, metavar="NAME", help="Grade this one only; repeatable."
)
@click.option("--feedback", is_flag=True, help="Write the pages that students get back, too.")
@click.option("--dry-run", is_flag=True, help="Print whose marks would change; write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one student a line, for a program.")
@click.option(
    "--debug", is_flag=True, help="Show what nbgrader logs, and the traceback of an error."
)
@SANDBOX
@JOBS
@CLUSTER
@COURSE
@click.pass_context
def grade(
    context: click.Context,
    assignment: str,
    submitted: Path | None,
    students: tuple[str, ...],
    feedback: bool,
    dry_run: bool,
    as_json: bool,
    debug: bool,
    sandbox: str,
    jobs: int | None,
    cluster: str,
    course: Path | None,
) -> None:
    """Grade the submissions of ASSIGNMENT into the gradebook of the course."""
    from kit.cli.extras import look_for_nbgrader, need_nbgrader

    if feedback and dry_run:
        raise click.UsageError("--dry-run writes nothing, so there is no --feedback")
    look_for_nbgrader()
    from kit.grading.assignment import Assignment, find_course
    from kit.grading.pool import How, started

    folder = find_course(course)
    how = How(sandbox, jobs, cluster)
    with started(Assignment.load(folder, assignment), how) as how:  # while nbgrader is imported
        need_nbgrader()
        from kit.cli.scores import (
            progress_bar,
            show_failures,
            show_note,
            show_outcomes,
            show_previews,
        )
        from kit.course.feedback import feedback as write_feedback
        from kit.course.grade import grade as grade_class
        from kit.course.preview import preview
        from kit.course.standing import read_standings

        found: list[tuple[str, dict[str, str]]] = []
        grade_here = partial(
            grade_class,
            folder,
            assignment,
            submitted,
            how=how,
            debug=debug,
            students=students,
            on_note=lambda *note: found.append(note),
        )
        with progress_bar() as on_progress:
            outcomes = dict(grade_here(on_progress=on_progress, dry_run=dry_run, messages=as_json))
            pages = write_feedback(folder, assignment, on_progress) if feedback else {}
    if dry_run:
        show_previews(preview(folder, assignment, outcomes), as_json=as_json)
        show_failures(outcomes, "could not be graded")
    else:
        show_outcomes(outcomes, read_standings(folder, assignment), as_json=as_json)
    show_failures(pages, "pages could not be written")
    for heading, about in found:
        show_note(heading, about)
    if any(isinstance(came, str) for came in [*outcomes.values(), *pages.values()]):
        context.exit(1)


@click.command()
@click.argument("assignment")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--only", multiple=True, metavar="CHECK", help="Run this check alone; repeatable.")
@click.option("--json", "as_json", is_flag=True, help="Print one Record a line, for a program.")
@SANDBOX
@JOBS
@COURSE
@click.pass_context
def evaluate(
    context: click.Context,
    assignment: str,
    paths: tuple[Path, ...],
    only: tuple[str, ...],
    as_json: bool,
    sandbox: str,
    jobs: int | None,
    course: Path | None,
) -> None:
    """Evaluate folders or zip files for ASSIGNMENT, and touch no gradebook."""
    from kit.cli.evaluation import evaluate_paths, show
    from kit.grading.assignment import Assignment, find_course
    from kit.grading.pool import How

    found = Assignment.load(find_course(course), assignment)
    failed = False
    for outcome in evaluate_paths(found, paths, How(sandbox, jobs), only):
        failed = failed or isinstance(outcome, str)
        show(outcome, as_json=as_json)
    context.exit(1 if failed else 0)


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
def demo(folder: Path | None) -> None:
    """Grade a small shipped class with nbgrader, in FOLDER or in a temporary one."""
    from kit.cli.extras import need_nbgrader
    from kit.course.demo import make_course

    course = make_course(folder)
    need_nbgrader()
    from kit.cli.scores import progress_bar, show_outcomes
    from kit.course.feedback import feedback
    from kit.course.grade import grade as grade_class
    from kit.course.standing import read_standings

    with progress_bar() as on_progress:
        outcomes = dict(grade_class(course, "backprop", None, on_progress))
        pages = feedback(course, "backprop", on_progress)
    show_outcomes(outcomes, read_standings(course, "backprop"), as_json=False)
    page = pages["emil"]
    click.echo(f"\ngradebook  {course / 'gradebook.db'}")
    click.echo(f"feedback   {course / 'feedback'}, such as {page}")
    click.echo(
        f"\nlook at one submission:  kit evaluate backprop {course / 'submitted/emil/backprop'}"
    )


COMMANDS: tuple[click.Command, ...] = (build, demo, evaluate, grade)
