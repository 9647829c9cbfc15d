"""Open the gradebook: to read it, or for one transaction that nobody else's writing can break.

A gradebook that another program is writing is waited for; then it is an error. Whatever goes wrong
inside, the transaction leaves the gradebook as it was.
"""

from __future__ import annotations

import time
from contextlib import closing, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbgrader.api import Base
from sqlalchemy import Engine, NullPool, create_engine, event, inspect, make_url
from sqlalchemy.exc import ArgumentError as BadUrlError
from sqlalchemy.exc import DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.orm import Session

from kit.errors import GradingError, UsageError
from kit.grading.private import restrict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

LOCK_SECONDS = 30.0
_PAUSE_SECONDS = 0.2
_BUSY = {"SQLITE_BUSY", "SQLITE_LOCKED", "55P03"}  # the last one is PostgreSQL's
_LOCKED_TABLES = "student, submitted_assignment, submitted_notebook, grade, comment"


def file_of(url: str) -> Path | None:
    """Return the file that an SQLite gradebook is; None where it is on a server."""
    try:
        parsed = make_url(url)
    except BadUrlError as error:
        raise UsageError("c.CourseDirectory.db_url is no address of a database") from error
    return Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None


def shown(url: str) -> str:
    """Return what may be printed of the address of a gradebook: never a password."""
    return str(file_of(url) or make_url(url).render_as_string(hide_password=True))


def keep_private(coursedir: Any) -> None:
    """Let a gradebook be read by its owner alone, and by the group that shares the course."""
    if file := file_of(coursedir.db_url):
        restrict(file, shared=coursedir.groupshared)


@contextmanager
def reading(url: str) -> Iterator[Session | None]:
    """Yield a session that reads; None where there is no gradebook yet, and none is made."""
    path = file_of(url)
    if path and not path.exists():
        yield None
        return
    with _session(url, "DEFERRED", lambda: None) as session:
        yield session if _is_nbgraders(session, url) else None
        session.rollback()


@contextmanager
def writing(url: str, on_wait: Callable[[], None]) -> Iterator[Session]:
    """Yield a session that alone may write; what it does not commit is not written."""
    with _session(url, "IMMEDIATE", on_wait) as session:
        yield session


@contextmanager
def _session(url: str, mode: str, on_wait: Callable[[], None]) -> Iterator[Session]:
    engine = _engine(url, mode)
    try:
        with (
            _begun(engine, mode, on_wait) as connection,
            Session(connection, autoflush=False, join_transaction_mode="control_fully") as session,
        ):
            yield session
    except DBAPIError as error:
        if _is_busy(error):
            raise GradingError(
                f"another program is using the gradebook {shown(url)}, and was still at it after "
                f"{LOCK_SECONDS:g} seconds; nothing was changed, so close it and try again"
            ) from error
        reason = " ".join(str(error.orig).split())
        raise GradingError(f"the gradebook {shown(url)} failed: {reason}") from error


@lru_cache(maxsize=8)  # with an engine goes what it has compiled, and no connection
def _engine(url: str, mode: str) -> Engine:
    in_file = file_of(url) is not None
    try:
        options = {"connect_args": {"timeout": 0}} if in_file else {}
        engine = create_engine(url, poolclass=NullPool, **options)
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise UsageError(f"the gradebook {shown(url)} cannot be reached: {error}") from error
    if in_file:  # Python's sqlite3 would begin at the first change, after what was read for it
        event.listen(engine, "connect", _leave_beginning_to_us)
        event.listen(engine, "begin", lambda it: it.exec_driver_sql(f"BEGIN {mode}") and None)
    return engine


def _leave_beginning_to_us(connection: Any, _record: Any) -> None:
    connection.isolation_level = None


def _begun(engine: Engine, mode: str, on_wait: Callable[[], None]) -> closing[Connection]:
    """Return a connection in a transaction; until there can be one, ask again."""
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        connection = engine.connect()
        try:
            return closing(_locked(connection, mode))
        except BaseException as error:
            connection.close()
            if not _is_busy(error) or time.monotonic() >= deadline:
                raise
        on_wait()
        time.sleep(_PAUSE_SECONDS)


def _locked(connection: Connection, mode: str) -> Connection:
    connection.begin()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")
        # From here on only a commit may have to wait, until others have finished reading.
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {LOCK_SECONDS * 1000:.0f}")
    elif connection.dialect.name == "postgresql" and mode == "IMMEDIATE":
        lock = f"LOCK TABLE {_LOCKED_TABLES} IN SHARE ROW EXCLUSIVE MODE NOWAIT"
        connection.exec_driver_sql(lock)
    return connection


def _is_busy(error: BaseException) -> bool:
    if not isinstance(error, OperationalError):
        return False
    names = ("sqlite_errorname", "sqlstate", "pgcode")
    codes = {getattr(error.orig, name, None) for name in names}
    return not codes.isdisjoint(_BUSY)


def _is_nbgraders(session: Session, url: str) -> bool:
    """Say whether nbgrader has made its tables; raise UsageError for those of an old version."""
    inspector = inspect(session.connection())
    there = set(inspector.get_table_names())
    for table in Base.metadata.sorted_tables if there else ():
        columns = (
            {c["name"] for c in inspector.get_columns(table.name)} if table.name in there else set()
        )
        if missing := sorted(set(table.columns.keys()) - columns):
            raise UsageError(
                f"the gradebook {shown(url)} is of another version of nbgrader: it has no "
                f"{table.name}.{missing[0]}; back it up, then run `nbgrader db upgrade`"
            )
    return bool(there)
