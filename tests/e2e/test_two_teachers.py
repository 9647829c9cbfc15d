"""Two teachers of one group grade in one course, whatever their umask is; nobody else reads the marks."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can work as two other users"),
    pytest.mark.skipif(shutil.which("setpriv") is None, reason="setpriv of util-linux is missing"),
]

ROOT = Path(__file__).resolve().parents[2]
GROUP, ADA, BOB = 64_200, 64_201, 64_202


@pytest.fixture(scope="module")
def shared(copy_course):
    """A course that belongs to Ada and her group, where others may look."""
    place = Path(tempfile.mkdtemp(prefix="kit-teachers-"))
    place.chmod(0o755)
    course = copy_course(place / "course")
    with (course / "nbgrader_config.py").open("a", encoding="utf-8") as config:
        config.write("\nc.CourseDirectory.groupshared = True\n")
    hand_in(course, "gus", "solutions")
    for path in (course, *course.rglob("*")):
        os.chown(path, ADA, GROUP)
        path.chmod(0o2775 if path.is_dir() else 0o664)
    yield course
    shutil.rmtree(place)


def hand_in(course, student, part):
    folder = course / "submitted" / student / "backprop"
    folder.mkdir(parents=True, exist_ok=True)
    for path in (course / part / "backprop").glob("*.py"):
        shutil.copyfile(path, folder / path.name)


def work_as(user, course, *command):
    """Run a command as a user with the usual umask, under which a group may not write.

    It may read all, for this Python may lie in a folder of root's; what it writes is what is tested.
    """
    home = course.parent / str(user)
    home.mkdir(exist_ok=True)
    os.chown(home, user, user)
    reads = [f"--{kind}=+dac_read_search" for kind in ("inh-caps", "ambient-caps")]
    done = subprocess.run(
        [
            *("setpriv", f"--reuid={user}", f"--regid={user}", f"--groups={GROUP}", *reads),
            *(sys.executable, *map(str, command)),
        ],
        cwd=course,
        env=os.environ
        | {"PYTHONPATH": str(ROOT), "HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"},
        umask=0o022,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def mode(path):
    return oct(stat.S_IMODE(path.stat().st_mode))


@pytest.fixture(scope="module")
def graded(shared):
    """The course after both have graded in turns, with commands of the kit and of nbgrader."""
    work_as(ADA, shared, "-m", "kit", "grade", "backprop", "--feedback")
    hand_in(shared, "gus", "assignments")
    work_as(BOB, shared, "-m", "kit", "grade", "backprop", "--feedback")
    work_as(BOB, shared, "-m", "kit", "build", "backprop")
    work_as(ADA, shared, "-m", "nbgrader", "autograde", "backprop", "--force")
    work_as(BOB, shared, "-m", "nbgrader", "generate_feedback", "backprop", "--force")
    work_as(ADA, shared, "-m", "kit", "regrade", "backprop")
    work_as(ADA, shared, "-m", "nbgrader", "export")
    work_as(BOB, shared, "-m", "nbgrader", "export")
    return shared


def test_each_grades_after_the_other(graded, total):
    assert total(graded, "gus") == 0.0
    owners = {path.stat().st_uid for path in (graded / "autograded/gus/backprop").iterdir()}
    assert owners == {ADA}
    assert (graded / "feedback/gus/backprop/backprop.html").stat().st_uid == BOB


def test_the_group_and_nobody_else_reads_and_writes_what_is_private(graded):
    private = [*graded.glob("gradebook.db*"), *graded.glob("records/**/*"), graded / "grades.csv"]

    assert len(private) > 5
    assert {path.stat().st_gid for path in private} == {GROUP}
    assert {mode(path) for path in private if path.is_file()} == {"0o660"}
    assert {mode(path) for path in (graded / "records", *private) if path.is_dir()} == {"0o2770"}


def test_everybody_reads_what_is_released(graded):
    released = graded / "assignments/backprop"

    assert mode(released) == "0o2775"
    assert {mode(path) for path in released.iterdir() if path.is_file()} == {"0o664"}
