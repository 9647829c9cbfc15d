"""Back the gradebook up before it is written.

A gradebook in a file is copied as it is. One on a server is copied table by table into a file that
nbgrader opens like any other gradebook, so that no tool of the server's is needed for it.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from nbgrader.api import Base, Student
from sqlalchemy import Column, MetaData, NullPool, String, Table, create_engine, insert, select

from kit.course.gradebook import file_of
from kit.errors import GradingError
from kit.grading.private import restrict

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection
    from sqlalchemy.orm import Session

KEPT = 5
_AT_ONCE = 1000
_VERSION = Table("alembic_version", MetaData(), Column("version_num", String(32)))


def back_up(session: Session, url: str, course: Path, *, shared: bool = False) -> Path | None:
    """Copy the gradebook into a file that only its owner reads, and keep the newest few.

    In a shared course the group reads it, too.

    Return that file; None where nobody is in the gradebook yet.
    """
    if session.scalar(select(Student.id).limit(1)) is None:
        return None
    file = file_of(url)
    backup = _next_to(file or course / "gradebook.db")
    unfinished = backup.with_name(f".{backup.name}")
    try:
        unfinished.touch(mode=0o600, exist_ok=False)
        if file:
            _copy_file(file, unfinished)
        else:
            copy_tables(session.connection(), f"sqlite:///{unfinished}")
        restrict(unfinished, shared=shared)
        unfinished.rename(backup)
    except (OSError, sqlite3.Error) as error:
        raise GradingError(
            f"the gradebook cannot be backed up, so nothing was changed: {error}"
        ) from error
    finally:
        unfinished.unlink(missing_ok=True)
    _forget_old_ones(file or course / "gradebook.db")
    return backup


def copy_tables(source: Connection, url: str) -> None:
    """Copy every row of a gradebook into the database of that address, which has to be empty."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as target:
        for table in (*Base.metadata.sorted_tables, _VERSION):
            table.create(target)
            rows = source.execute(select(table), execution_options={"yield_per": _AT_ONCE})
            for some in rows.mappings().partitions():
                target.execute(insert(table), [dict(row) for row in some])


def _copy_file(source: Path, target: Path) -> None:
    # Not a copy of bytes: other programs may have the file open.
    with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as written:
        read.backup(written)


def _next_to(gradebook: Path) -> Path:
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    return gradebook.with_name(f"{gradebook.name}.backup-{now}")


def _forget_old_ones(gradebook: Path) -> None:
    ours = re.compile(re.escape(gradebook.name) + r"\.backup-\d{8}T\d{6}\.\d{6}Z")
    there = sorted(path for path in gradebook.parent.iterdir() if ours.fullmatch(path.name))
    for path in there[:-KEPT]:
        path.unlink(missing_ok=True)
