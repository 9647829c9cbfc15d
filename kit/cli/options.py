"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

COURSE = click.option(
    "--course",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The course; else the nearest parent folder with an nbgrader_config.py.",
)

SANDBOX = click.option(
    "--sandbox",
    default="require",
    show_default=True,
    metavar="LEVEL",
    help="require (L2 or better), auto (the best there is), off, or a level: L3, L2, L1, L0.",
)

JOBS = click.option(
    "-j",
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="How many submissions to run side by side; else one for each processor.",
)

SUBMITTED = click.option(
    "--submitted",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where the submissions are, as DIR/student/ASSIGNMENT/; else the course's own folder.",
)

CLUSTER = click.option(
    "--cluster",
    default="",
    metavar="ADDRESS",
    help="Run on the Dask cluster of this scheduler, such as tcp://scheduler:8786.",
)
