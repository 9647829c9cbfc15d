"""Both doors, `kit grade` and plain `nbgrader autograde`, grade one class into equal gradebooks."""

import html
import json
import shutil
import sqlite3
from contextlib import closing

import pytest

pytestmark = pytest.mark.slow

FILES = ("activations.py", "losses.py", "layers.py")
SCRIPT = "<script>alert('from a student')</script>"
LATE = "c.LateSubmissionPlugin.penalty_method = 'zero'"
ESSAYS = """
    SELECT submitted.student_id, grade.auto_score, grade.needs_manual_grade FROM grade
    JOIN base_cell AS cell ON cell.id = grade.cell_id
    JOIN submitted_notebook AS sheet ON sheet.id = grade.notebook_id
    JOIN submitted_assignment AS submitted ON submitted.id = sheet.assignment_id
    WHERE cell.name = 'essay'
"""
DUE = "UPDATE assignment SET duedate = '2026-01-01 00:00:00.000000'"


@pytest.fixture(scope="module")
def built(copy_course, run_python, tmp_path_factory):
    """A course with an assignment that has a due date, and with the submissions of a class."""
    course = copy_course(tmp_path_factory.mktemp("built") / "course")
    add_a_question(course)
    done = run_python("-m", "kit", "build", "backprop", cwd=course)
    assert done.returncode == 0, done.stderr
    with closing(sqlite3.connect(course / "gradebook.db")) as database, database:
        database.execute(DUE)
    with (course / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write(f"\n{LATE}\n")
    hand_in_the_class(course)
    return course


@pytest.fixture(scope="module")
def plain(built, run_python):
    """The course after nbgrader's own commands, and what `nbgrader autograde` said."""
    course = shutil.copytree(built, built.with_name("plain"), symlinks=True)
    return course, nbgrader(run_python, course, "autograde", "backprop")


@pytest.fixture(scope="module")
def ours(built, run_python):
    """The course after `kit grade`, and what it said."""
    course = shutil.copytree(built, built.with_name("ours"), symlinks=True)
    done = run_python("-m", "kit", "grade", "backprop", "--feedback", "--json", cwd=course)
    return course, done


def add_a_question(course):
    """Write into the notebook what a teacher may: a text, and a question that a human grades."""
    path = course / "solutions/backprop/backprop.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    about = {"grade_id": "essay", "grade": True, "solution": True, "locked": False, "task": False}
    question = {"nbgrader": {**about, "points": 5, "schema_version": 3}}
    answer = "Because of the secret chain rule."
    notebook["cells"][1:1] = [
        {"cell_type": "markdown", "id": "hint", "metadata": {}, "source": "Read chapter 2."},
        {"cell_type": "markdown", "id": "essay", "metadata": question, "source": answer},
    ]
    path.write_text(json.dumps(notebook), encoding="utf-8")


def nbgrader(run_python, course, *arguments):
    return run_python("-m", "nbgrader", *arguments, cwd=course)


def hand_in_the_class(course):
    """Hand in what the traps of nbgrader are made of; a right solution where nothing else is said."""
    released = (course / "assignments/backprop/backprop.ipynb").read_text("utf-8")
    spoilt, script = json.loads(released), json.loads(released)
    spoilt["cells"] = [*spoilt["cells"][2:], *spoilt["cells"][2:]]  # some twice, some missing
    spoilt["cells"][0]["metadata"]["nbgrader"]["grade_id"] = "other"
    script["cells"][0]["source"] = SCRIPT
    [essay] = [cell for cell in script["cells"] if cell["id"] == "essay"]
    essay["source"] = f"My answer {SCRIPT} [click](javascript:alert(1))"
    hand_in(course, "spoilt cells", notebook=json.dumps(spoilt))
    hand_in(course, "Müller, Ada", notebook=json.dumps(script), date="2025-12-24 12:00:00 UTC")
    hand_in(course, "truncated", notebook='{"cells": [', date="2025-12-24 12:00:00 UTC")
    hand_in(course, "late", date="2026-01-02 12:00:00 UTC")
    hand_in(course, "stubs", files="assignments")
    hand_in(course, "no files", files=None)
    linked = hand_in(course, "linked")
    (linked / "losses.py").unlink()
    (linked / "losses.py").symlink_to(course / "solutions/backprop/losses.py")
    (linked / "passwd").symlink_to("/etc/passwd")
    hand_in(course, "bad date", date="garbage")
    hand_in(course, "no notebook", notebook=None)


def hand_in(course, student, files="solutions", notebook="{}", date=None):
    folder = course / "submitted" / student / "backprop"
    folder.mkdir(parents=True)
    for name in FILES if files else ():
        source = (course / files / "backprop" / name).read_text("utf-8")
        (folder / name).write_text(f"{source}\n# {SCRIPT}\n", encoding="utf-8")
    if notebook is not None:
        (folder / "backprop.ipynb").write_text(notebook, encoding="utf-8")
    if date:
        (folder / "timestamp.txt").write_text(date, encoding="utf-8")
    return folder


def pages(course):
    return {
        page.parent.parent.name: page.read_text("utf-8")
        for page in course.glob("feedback/*/backprop/backprop.html")
    }


def autograded(course):
    return {
        (student.name, path.relative_to(student).as_posix()): (
            path.read_bytes(),
            path.stat().st_mode,
        )
        for student in course.glob("autograded/*")
        for path in student.rglob("*.*")
    }


@pytest.fixture(scope="module")
def regraded(plain, ours, run_python):
    """Both courses after a human has graded, some have handed in anew, and one has sent a link."""
    doors = {
        "plain": (plain[0], ("-m", "nbgrader", "autograde", "backprop", "--force")),
        "ours": (ours[0], ("-m", "kit", "grade", "backprop")),
    }
    done = {}
    for name, (course, command) in doors.items():
        again = shutil.copytree(course, course.with_name(f"{name} again"), symlinks=True)
        give_marks_by_hand(again)
        shutil.copy(again / "assignments/backprop/losses.py", again / "submitted/late/backprop")
        (again / "submitted/truncated/backprop").rename(again / "submitted/truncated/elsewhere")
        (again / "submitted/truncated/backprop").symlink_to("elsewhere")
        done[name] = again, run_python(*command, cwd=again)
    return done


def give_marks_by_hand(course):
    """Mark what comes at even places of a list that both gradebooks share."""
    with closing(sqlite3.connect(course / "gradebook.db")) as database, database:
        found = database.execute(
            """
            SELECT grade.id FROM grade
            JOIN submitted_notebook AS sheet ON sheet.id = grade.notebook_id
            JOIN submitted_assignment AS submitted ON submitted.id = sheet.assignment_id
            JOIN base_cell ON base_cell.id = grade.cell_id
            ORDER BY student_id, base_cell.name
            """
        ).fetchall()
        database.executemany(
            "UPDATE grade SET manual_score = 7.5, extra_credit = 0.5, needs_manual_grade = 0"
            " WHERE id = ?",
            found[::2],
        )
        database.execute("UPDATE comment SET manual_comment = 'well done'")


def test_a_question_of_the_teachers_stays_and_waits_for_a_human_where_it_is_answered(ours):
    course = ours[0]
    released = json.loads((course / "assignments/backprop/backprop.ipynb").read_text("utf-8"))
    page = pages(course)["Müller, Ada"]
    with closing(sqlite3.connect(course / "gradebook.db")) as database:
        found = database.execute(ESSAYS).fetchall()

    assert [cell["id"] for cell in released["cells"][:4]] == ["about", "hint", "essay", "relu"]
    assert "secret chain rule" not in str(released)
    done = {who for who, score, open_ in found if (score, open_) == (0.0, 0)}
    assert done == {"spoilt cells", "no notebook"}  # of the others' notebooks one is an answer
    assert {(score, open_) for who, score, open_ in found if who not in done} == {(None, 1)}
    assert "cannot be read" in pages(course)["truncated"]
    assert "My answer" in page
    assert 'href="javascript:' not in page


def test_the_rows_of_both_gradebooks_are_equal(plain, ours, rows):
    ours_rows = rows(ours[0])

    assert ours_rows == rows(plain[0])
    assert sum(row.startswith("('grade',") for row in ours_rows) == 7 * 9


def test_the_rows_are_equal_after_a_regrade_with_manual_marks_and_a_failure(regraded, rows, total):
    (plain, plain_done), (ours, ours_done) = regraded["plain"], regraded["ours"]
    ours_rows = rows(ours)

    assert ours_rows == rows(plain)
    assert (
        sum("('manual_score', 7.5)" in row for row in ours_rows if row.startswith("('grade'")) == 32
    )
    assert (plain_done.returncode, ours_done.returncode) == (1, 1)
    assert "2 of 9 could not be graded" in ours_done.stderr
    assert total(ours, "truncated") is None
    assert 0 < total(ours, "late") < 100


@pytest.mark.parametrize("when", ["first", "again"])
def test_both_doors_leave_the_same_folders_to_the_byte(when, plain, ours, regraded):
    courses = {"first": (plain[0], ours[0]), "again": [regraded[d][0] for d in ("plain", "ours")]}

    plain_files, ours_files = map(autograded, courses[when])

    assert ours_files.keys() == plain_files.keys()
    assert ours_files == plain_files
    assert len(ours_files) > 20


def test_plain_nbgrader_grades_all_but_a_link(plain, total):
    course, done = plain

    assert done.returncode == 1, done.stderr
    assert "linked is not graded: losses.py is a link; send in the file itself" in done.stderr
    assert {total(course, student) for student in ("bad date", "no notebook")} == {100.0}
    assert done.stderr.count("bad date/backprop/timestamp.txt is no date") == 1


def test_our_door_grades_all_but_a_link(ours):
    course, done = ours

    assert done.returncode == 1, done.stderr
    assert "  linked: losses.py is a link; send in the file itself" in done.stderr
    names = {json.loads(line)["submission"]["name"] for line in done.stdout.splitlines()}
    assert names == {folder.name for folder in (course / "submitted").iterdir()} - {"linked"}
    assert "bad date/backprop/timestamp.txt is no date" in done.stderr


@pytest.mark.parametrize("door", ["plain", "ours"])
def test_who_did_nothing_earns_nothing_and_who_is_right_earns_all(door, request, total):
    course = request.getfixturevalue(door)[0]

    assert {total(course, student) for student in ("stubs", "no files")} == {0.0}
    right = ("spoilt cells", "truncated", "Müller, Ada", "late")
    assert {total(course, student) for student in right} == {100.0}


@pytest.mark.parametrize("door", ["plain", "ours"])
def test_a_link_to_the_solution_has_no_score_and_is_copied_nowhere(door, request, total):
    course = request.getfixturevalue(door)[0]

    assert total(course, "linked") is None
    assert not (course / "autograded/linked/backprop").exists()


def test_who_is_late_loses_what_the_course_says(ours, rows):
    assert any("('late_submission_penalty', 100.0)" in row for row in rows(ours[0]))


def test_nbgrader_writes_feedback_and_an_export_after_its_own_door(plain, run_python):
    course = plain[0]

    feedback = nbgrader(run_python, course, "generate_feedback", "backprop")
    export = nbgrader(run_python, course, "export", "--to", "grades.csv")

    assert (feedback.returncode, export.returncode) == (0, 0), feedback.stderr + export.stderr
    assert len(pages(course)) == 8
    assert "late" in (course / "grades.csv").read_text("utf-8")


def test_nbgrader_exports_what_our_door_graded(ours, run_python):
    done = nbgrader(run_python, ours[0], "export", "--to", "grades.csv")

    assert done.returncode == 0, done.stderr
    assert "no notebook" in (ours[0] / "grades.csv").read_text("utf-8")


def test_feedback_shows_code_and_verdicts_and_no_script_of_a_student_runs(ours):
    for student, page in pages(ours[0]).items():
        assert "<script>alert" not in page, student
        assert "PASS" in page or student in {"stubs", "no files"}
    assert "from a student" in pages(ours[0])["Müller, Ada"]


@pytest.mark.parametrize("door", ["plain", "ours"])
def test_feedback_names_each_exercise_by_its_title(door, request, run_python):
    course = request.getfixturevalue(door)[0]
    if door == "plain":
        nbgrader(run_python, course, "generate_feedback", "backprop", "--student", "late")
    page = pages(course)["late"]

    assert '<a href="#relu">Test cell: ReLU</a>' in page
    assert "<code>accuracy</code>: Final accuracy on synthetic data" in page
    assert page.count("Test cell: ") == page.count("Test cell") == 6


def test_feedback_shows_nothing_of_the_hidden_tests(ours):
    course, done = ours
    records = [json.loads(line) for line in done.stdout.splitlines()]
    everything = {name: html.unescape(page) for name, page in pages(course).items()}

    told = 0
    for record in records:
        page = everything[record["submission"]["name"]]
        for exercise in record["exercises"]:
            for check in exercise["checks"]:
                assert check["id"] not in page
                if check["message"] and check["message"] != check["public"]:
                    told += 1
                    assert check["message"] not in page
    assert told > 0
    assert not any("def test_" in page for page in everything.values())


def test_a_suite_that_is_broken_leaves_every_mark_through_nbgraders_own_door(
    plain, run_python, total
):
    course = plain[0]
    before = total(course, "truncated")
    page = course / "autograded/truncated/backprop/backprop.ipynb"
    (course / "tests/hidden/backprop/test_relu.py").write_text("not python", encoding="utf-8")

    done = nbgrader(
        run_python, course, "autograde", "backprop", "--student", "truncated", "--force"
    )

    assert done.returncode == 1
    assert "the hidden suite cannot be collected" in done.stderr
    assert before is not None
    assert (total(course, "truncated"), total(course, "late")) == (before, 100.0)
    assert page.exists()
