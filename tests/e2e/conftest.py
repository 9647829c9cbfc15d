"""Read a gradebook so that it can be compared with another one."""

import sqlite3
from contextlib import closing

import pytest


@pytest.fixture(scope="session")
def rows():
    """Return every row of every table, each random id replaced by the row that it stands for."""

    def read(course):
        tables = read_tables(course / "gradebook.db")
        owners = {}
        for table, found in tables.items():
            for row in found:
                if len(str(row.get("id"))) == 32:
                    owners.setdefault(row["id"], (table, row))
        return sorted(
            repr(resolved(table, row, owners)) for table, found in tables.items() for row in found
        )

    return read


@pytest.fixture(scope="session")
def total():
    """Return the sum of a student's automatic marks; None where there is not one."""
    query = """
        SELECT SUM(auto_score) FROM grade
        JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
        JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
        WHERE student_id = ?
    """

    def read(course, student):
        with closing(sqlite3.connect(course / "gradebook.db")) as database:
            return database.execute(query, [student]).fetchone()[0]

    return read


def read_tables(path):
    with closing(sqlite3.connect(path)) as database:
        database.row_factory = sqlite3.Row
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")
        return {
            name: [dict(row) for row in database.execute(f"SELECT * FROM {name}")]
            for (name,) in names.fetchall()
        }


def resolved(table, row, owners):
    """Return a row whose ids are rows themselves; its own id says nothing and is left out."""
    values = {
        column: value
        for column, value in row.items()
        if not (column == "id" and owners.get(value, (None,))[0] == table)
    }
    return table, tuple(
        (column, resolved(*owners[value], owners) if value in owners else value)
        for column, value in values.items()
    )
