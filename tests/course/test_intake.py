"""Who has handed in, what lies beside, and what a teacher reads about both."""

import os
import shutil
import tempfile
import zipfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from kit.course.grade import grade
from kit.course.intake import read_class
from kit.errors import UsageError
from kit.grading.assignment import Assignment

SOLVED = b"points = 3\n"


@pytest.fixture
def noted(small_course, submit):
    """Grade a class in which ada has handed in; return the notes by heading, and the outcomes."""
    submit("ada", "points = 3")

    def run():
        found = {}
        outcomes = grade(small_course, "small", on_note=found.__setitem__)
        return {heading: about for heading, about in found.items() if about}, dict(outcomes)

    return run


def put(course, path, content=SOLVED):
    target = course / "submitted" / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return target


@pytest.mark.parametrize(
    ("path", "cause"),
    [
        ("gus/Small/activations.py", "Small is not called small; rename it"),
        ("gus/small /activations.py", "small  is not called small; rename it"),
        ("gus/small", "small is a file, not a folder"),
        ("gus/activations.py", "holds files itself; move them into gus/small/"),
        ("gus/small.zip", "holds small.zip; unpack it into gus/small/"),
        ("gus/work/activations.py", "holds no folder small; there are: work"),
        ("gus.zip", "is an archive; unpack it, as student/small/ for each student"),
        ("grades.csv", "is a file; a submission is a folder"),
        ("Gus Li_123_assignsubmission_file_/activations.py", "looks like a Moodle download; put"),
        ("all/Gus Li_123_assignsubmission_file_/activations.py", "looks like a Moodle download"),
        ("all/ligus_12_345_activations.py", "looks like a Canvas download; put each"),
        ("all/ligus_LATE_12_345_activations-1.py", "looks like a Canvas download; put each"),
    ],
)
def test_what_is_no_submission_is_named_with_what_to_do(small_course, noted, path, cause):
    put(small_course, path)

    notes, outcomes = noted()

    assert list(outcomes) == ["ada"]
    [(name, text)] = notes["not taken for submissions"].items()
    assert name == path.partition("/")[0]
    assert text.startswith(cause)


def test_where_nobody_has_handed_in_what_lies_there_is_named(small_course):
    put(small_course, "gus/Small/activations.py")

    with pytest.raises(UsageError, match="gus: Small is not called small; rename it"):
        grade(small_course, "small")


def test_a_misplaced_submission_is_named_with_what_lies_there(small_course, noted):
    put(small_course, "bob/small/main.py")
    put(small_course, "bob/small/notes.ipynb")

    notes, outcomes = noted()

    assert outcomes["bob"].score == 0
    assert notes["0 points"] == {
        "bob": "is its work misplaced? activations.py was not handed in; "
        "there is: main.py, notes.ipynb"
    }


def test_nothing_for_what_was_handed_in_has_a_reason(small_course, noted):
    put(small_course, "bob/small/activations.py", b"# caf\xe9\n")

    notes, _ = noted()

    assert notes["0 points"] == {
        "bob": "activations.py is not UTF-8 text (byte 5); save it as UTF-8"
    }


def test_a_file_that_was_found_elsewhere_is_named(small_course, noted):
    put(small_course, "bob/small/src/Activations (1).py")

    notes, outcomes = noted()

    assert outcomes["bob"].score == 3
    assert notes == {"files found elsewhere": {"bob": "activations.py is src/Activations (1).py"}}


@pytest.mark.parametrize("name", ["Ada", "a da", "ADA", "\N{FULLWIDTH LATIN SMALL LETTER A}da"])
def test_names_that_differ_by_case_blanks_or_form_alone_are_named(small_course, noted, name):
    put(small_course, f"{name}/small/activations.py")

    notes, outcomes = noted()

    assert len(outcomes) == 2
    assert len(notes["names that are nearly the same"]) == 1


@pytest.mark.parametrize("link", ["bob", "bob/small", "bob/small/activations.py"])
def test_a_link_leaves_a_student_without_a_score(small_course, noted, tmp_path, link):
    target = tmp_path / "elsewhere"
    put(small_course, "../elsewhere-of-bob/small/activations.py").parents[1].rename(target)
    path = small_course / "submitted" / link
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target.joinpath(*path.relative_to(small_course / "submitted").parts[1:]))

    _, outcomes = noted()

    assert "is a link; send in the file" in outcomes["bob"]
    assert outcomes["ada"].score == 3


def test_a_damaged_archive_leaves_a_student_without_a_score(small_course, noted):
    path = put(small_course, "bob/small/work.zip")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("activations.py", SOLVED)
    path.write_bytes(path.read_bytes()[:-10])

    _, outcomes = noted()

    assert outcomes["bob"].startswith("work.zip cannot be unpacked")


@pytest.mark.parametrize("closed", ["bob", "bob/small", "bob/small/activations.py"])
def test_what_cannot_be_read_leaves_a_student_without_a_score(small_course, submit, closed):
    submit("ada", "points = 3")
    put(small_course, "bob/small/activations.py")
    assignment = Assignment.load(small_course, "small")
    with tempfile.TemporaryDirectory() as name:  # tmp_path is closed to all but its owner
        submitted = Path(shutil.copytree(small_course / "submitted", Path(name, "submitted")))
        Path(name).chmod(0o755)
        (submitted / closed).chmod(0)

        with not_root():
            intake = read_class(assignment, submitted, [], lambda who: submitted / who / "small")
            read = {each.name: each for each in intake.submissions}

        (submitted / closed).chmod(0o755)
    cause = intake.refused.get("bob") or read["bob"].obstacle
    assert "cannot be read: Permission denied" in cause
    assert not read["ada"].obstacle


@contextmanager
def not_root():
    """Be another user for a moment where root runs the tests: root may read everything."""
    user = os.geteuid()
    os.seteuid(user or 65534)
    try:
        yield
    finally:
        os.seteuid(user)
