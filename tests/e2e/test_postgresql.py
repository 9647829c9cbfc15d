"""A gradebook on PostgreSQL works by its `db_url`, here on a real server of the tests' own."""

import json
import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

pytestmark = pytest.mark.slow

DEFAULT = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1:]
ROWS = """
    SELECT submitted.student_id, submitted.timestamp, sheet.late_submission_penalty, cell.name,
        cell.type, grade.auto_score, grade.manual_score, grade.needs_manual_grade,
        comment.auto_comment, comment.manual_comment
    FROM submitted_assignment AS submitted
    JOIN submitted_notebook AS sheet ON sheet.assignment_id = submitted.id
    JOIN base_cell AS cell ON cell.notebook_id = sheet.notebook_id
    LEFT JOIN grade ON grade.notebook_id = sheet.id AND grade.cell_id = cell.id
    LEFT JOIN comment ON comment.notebook_id = sheet.id AND comment.cell_id = cell.id
    ORDER BY submitted.student_id, cell.name, cell.type
"""


def program(name):
    folders = [*os.environ["PATH"].split(os.pathsep), *map(str, DEFAULT)]
    return shutil.which(name, path=os.pathsep.join(folders))


def nobody_special():
    """Return a user other than root, as whom PostgreSQL agrees to run; None where we are one."""
    if os.geteuid() != 0:
        return None
    there = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in there else "nobody"


@pytest.fixture(scope="module")
def server():
    """Start a server that listens on a Unix socket alone; yield the folder of the socket."""
    if not (program("initdb") and program("pg_ctl")):
        reason = "PostgreSQL is not installed: apt-get install postgresql"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    folder = Path(tempfile.mkdtemp(prefix="kit-pg-", dir="/tmp"))  # a socket's path has to be short
    user = nobody_special()
    if user:
        shutil.chown(folder, user)

    def run(name, *arguments):
        subprocess.run(
            [program(name), "-D", str(folder / "data"), *arguments],
            user=user,
            cwd=folder,
            check=True,
            stdout=subprocess.DEVNULL,
            timeout=120,
        )

    try:
        run("initdb", "-U", "teacher", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
        run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", options, "start")
        yield folder
        run("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def connect(server):
    def to(database):
        return psycopg.connect(host=str(server), user="teacher", dbname=database)

    with closing(to("postgres")) as connection:
        connection.autocommit = True
        connection.execute("CREATE DATABASE grades")
    return to


@pytest.fixture(scope="module")
def course(copy_course, tmp_path_factory, server):
    """A course whose gradebook is on the server, and two submissions."""
    course = copy_course(tmp_path_factory.mktemp("postgresql") / "course")
    url = f"postgresql://teacher@/grades?host={server}"
    with (course / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write(f"\nc.CourseDirectory.db_url = {url!r}\n")
    notebook = course / "assignments/backprop/backprop.ipynb"
    for student, part in {'Müller, "Ada"': "solutions", "stubs": "assignments"}.items():
        folder = course / "submitted" / student / "backprop"
        folder.mkdir(parents=True)
        for path in (course / part / "backprop").glob("*.py"):
            shutil.copy(path, folder)
        shutil.copy(notebook, folder)
        (folder / "timestamp.txt").write_text("2025-12-24 12:00:00 UTC", encoding="utf-8")
    return course


def read(connect):
    with closing(connect("grades")) as connection:
        return connection.execute(ROWS).fetchall()


def grade(run_python, course, *options):
    return run_python("-m", "kit", "grade", "backprop", *options, cwd=course)


@pytest.fixture(scope="module")
def graded(course, run_python, connect):
    """What `kit grade` said, from an empty database on, and the rows that it made."""
    done = grade(run_python, course, "--json")
    assert done.returncode == 0, done.stderr
    return done, read(connect)


def test_an_empty_database_gets_a_gradebook_with_the_marks_of_the_class(graded, course):
    done, rows = graded

    scores = [json.loads(line)["score"] for line in done.stdout.splitlines()]
    marks = [
        sum(row[5] or 0.0 for row in rows if row[0] == who)
        for who in dict.fromkeys(r[0] for r in rows)
    ]
    assert scores == marks == [100.0, 0.0]
    assert not list(course.glob("gradebook.db*"))


def test_nbgraders_own_door_makes_the_same_rows_there(graded, course, run_python, connect):
    done = run_python("-m", "nbgrader", "autograde", "backprop", "--force", cwd=course)

    assert done.returncode == 0, done.stderr
    assert read(connect) == graded[1]


@pytest.mark.usefixtures("graded")
def test_what_a_human_gave_stays_and_the_gradebook_is_backed_up_into_one_nbgrader_opens(
    course, run_python, connect
):
    with closing(connect("grades")) as connection, connection:
        connection.execute("UPDATE grade SET manual_score = 7.5 WHERE auto_score = 25")
    before = read(connect)

    done = grade(run_python, course)

    assert done.returncode == 0, done.stderr
    assert read(connect) == [(*row[:7], row[6] is not None or row[7], *row[8:]) for row in before]
    (backup,) = course.glob("gradebook.db.backup-*")
    assert backup.stat().st_mode & 0o777 == 0o600
    url = f"--CourseDirectory.db_url=sqlite:///{backup}"
    export = run_python("-m", "nbgrader", "export", url, "--to", "grades.csv", cwd=course)
    assert export.returncode == 0, export.stderr
    assert "82.5" in (course / "grades.csv").read_text("utf-8")


RESTORE = """
import sys
from sqlalchemy import create_engine
from kit.course.backup import copy_tables
with create_engine(f"sqlite:///{sys.argv[1]}").connect() as backup:
    copy_tables(backup, sys.argv[2])
"""


@pytest.mark.usefixtures("graded")
def test_a_backup_can_be_put_back_into_an_empty_database(course, run_python, connect, server):
    assert grade(run_python, course).returncode == 0
    backup = max(course.glob("gradebook.db.backup-*"))
    with closing(connect("postgres")) as connection:
        connection.autocommit = True
        connection.execute("CREATE DATABASE restored")

    url = f"postgresql://teacher@/restored?host={server}"
    done = run_python("-c", RESTORE, backup, url, cwd=course)

    assert done.returncode == 0, done.stderr
    with closing(connect("restored")) as connection:
        assert connection.execute(ROWS).fetchall() == read(connect)


LOCKED = """
import sys
from pathlib import Path
from kit.course import gradebook
from kit.cli import main
gradebook.LOCK_SECONDS = 0.3
main(["grade", "backprop"])
"""


@pytest.mark.usefixtures("graded")
def test_a_gradebook_that_another_program_writes_is_waited_for_and_then_reported(
    course, run_python, connect
):
    before = read(connect)
    with closing(connect("grades")) as connection:
        connection.execute("UPDATE student SET email = 'ada@example.org'")

        done = run_python("-c", LOCKED, cwd=course)

    assert done.returncode == 1
    assert "kit: another program is using the gradebook postgresql://teacher@/grades" in done.stderr
    assert read(connect) == before
    assert not list(course.glob("autograded/.kit-*"))


def test_a_server_that_does_not_answer_is_told_in_one_line(course, run_python):
    config = course / "nbgrader_config.py"
    text = config.read_text("utf-8")
    url = "postgresql://teacher:secret@/grades?host=/nowhere"
    config.write_text(f"{text}\nc.CourseDirectory.db_url = {url!r}\n", encoding="utf-8")

    done = grade(run_python, course)

    config.write_text(text, encoding="utf-8")
    assert done.returncode == 1
    assert done.stderr.startswith("kit: the gradebook postgresql://teacher:***@/grades")
    assert len(done.stderr.splitlines()) == 1
    assert "secret" not in done.stderr
