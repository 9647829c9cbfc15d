"""A teacher's year on a small course: whatever breaks, no mark moves that should not."""

import shutil
from contextlib import chdir
from textwrap import dedent

import pytest
from nbgrader.api import Gradebook
from nbgrader.apps.nbgraderapp import NbGraderApp

from kit.cli import main

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]

TEST = "tests/hidden/tiny/test_one.py"
MANIFEST = "solutions/tiny/assignment.toml"
FILES = {
    MANIFEST: """
        title = "Tiny"
        files = ["one.py"]

        [[exercise]]
        name = "one"
        title = "Add one"
        owns = { "activation:one" = "one.py:One" }
    """,
    "solutions/tiny/one.py": '''
        """Write forward."""


        class One:
            """Add one."""

            def forward(self, x):
                ### BEGIN SOLUTION One: one more than x
                return x + 1
                ### END SOLUTION
    ''',
    TEST: """
        import pytest

        from kit.testing.closeness import assert_close

        pytestmark = pytest.mark.exercise("one")


        @pytest.mark.points(4, kind="value")
        def test_it_adds_one(student, rng):
            x = rng.standard_normal((3, 2))
            y = student.make("activation:one").forward(x)
            assert_close(y, x + 1, asked="one.forward(x)")


        @pytest.mark.points(2, kind="shape")
        def test_it_keeps_the_shape(student, rng):
            y = student.make("activation:one").forward(rng.standard_normal((3, 2)))
            assert y.shape == (3, 2)
    """,
}
WORK = {"ada": "x + 1", "bob": "x + 1.001", "cyd": "x[0]"}
MARKS = {"ada": 6.0, "bob": 2.0, "cyd": 0.0}
VOID = '\n[[void]]\ncheck = "test_one.py::test_it_adds_one"\nreason = "not on the sheet"\n'


@pytest.fixture(scope="module")
def graded(tmp_path_factory, request):
    """The course, released, and graded once."""
    course = tmp_path_factory.mktemp("year") / "course"
    for name, text in FILES.items():
        (course / name).parent.mkdir(parents=True, exist_ok=True)
        (course / name).write_text(dedent(text).lstrip(), encoding="utf-8")
    shutil.copy(request.config.rootpath / "nbgrader_config.py", course)
    for student, answer in WORK.items():
        hand_in(course, student, answer)
    for command in ("build", "grade"):
        assert run(course, command) == 0
    assert marks(course) == MARKS
    return course


@pytest.fixture
def course(graded, tmp_path):
    return shutil.copytree(graded, tmp_path / "course")


def hand_in(course, student, answer):
    folder = course / "submitted" / student / "tiny"
    folder.mkdir(parents=True, exist_ok=True)
    text = f"class One:\n    def forward(self, x):\n        return {answer}\n"
    (folder / "one.py").write_text(text, encoding="utf-8")


def edit(course, file, old, new):
    text = (course / file).read_text(encoding="utf-8")
    assert old in text
    (course / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def run(course, command, *options):
    """Run `kit COMMAND tiny`; return how it ends."""
    with chdir(course), pytest.raises(SystemExit) as ended:
        main([command, "tiny", *options])
    return ended.value.code or 0


def nbgrader(course):
    """Run `nbgrader autograde tiny --force`; return how it ends."""
    NbGraderApp.clear_instance()
    with chdir(course):
        try:
            NbGraderApp.launch_instance(["autograde", "tiny", "--force"])
        except SystemExit as ended:
            return ended.code or 0
        finally:
            NbGraderApp.clear_instance()
    return 0


def marks(course):
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        return {
            student.id: gradebook.find_grade("one", "tiny", "tiny", student.id).auto_score
            for student in gradebook.students
        }


def release(course):
    paths = [*(course / "assignments").rglob("*"), *(course / "autograded").rglob("*")]
    return {path: path.read_bytes() for path in paths if path.is_file()}


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        (TEST, "assert_close(y", "asert_close(y", ["line 12", "NameError: name 'asert_close'"]),
        (TEST, "x + 1, asked", "x + 2, asked", ["line 12", "Asked: one.forward(x)"]),
        (TEST, "forward(x)\n", "forward(lambda: x)\n", ["line 11", "a function cannot cross"]),
        (TEST, "import pytest", "import pytset", ["No module named 'pytset'"]),
        (
            TEST,
            '@pytest.mark.points(2, kind="shape")',
            "",
            ["test_it_keeps_the_shape has no points"],
        ),
        (TEST, "x = rng", "import os; os._exit(3)\n    x = rng", ["test_it_adds_one"]),
        ("solutions/tiny/one.py", "x + 1", "x + 3", ["test_one.py::test_it_adds_one"]),
        ("solutions/tiny/one.py", "class One", "class Won", ["One"]),
    ],
)
def test_what_breaks_for_all_stops_every_command_and_changes_nothing(
    course, file, old, new, told, capfd
):
    edit(course, file, old, new)
    before = release(course)

    for command in ("build", "grade", "regrade"):
        assert run(course, command) == 1
        said = capfd.readouterr().err
        assert all(words in said for words in told)
        assert said.count("kit: ") == 1
    assert nbgrader(course) == 1
    said = capfd.readouterr().err
    assert all(words in said for words in told)

    assert marks(course) == MARKS
    assert release(course) == before


@pytest.mark.parametrize(
    ("old", "new", "after"),
    [
        ("points(4", "points(5", {"ada": 7, "bob": 2, "cyd": 0}),
        (
            FILES[TEST][FILES[TEST].index("        @pytest.mark.points(2") :],
            "",
            {"ada": 4, "bob": 0, "cyd": 0},
        ),
    ],
)
def test_other_points_are_refused_until_the_assignment_is_built(course, old, new, after, capfd):
    edit(course, TEST, dedent(old), new)

    assert [run(course, command) for command in ("grade", "regrade")] == [1, 1]
    assert capfd.readouterr().err.count("run `kit build tiny` first") == 2
    assert nbgrader(course) == 1
    assert "run `kit build tiny` first" in capfd.readouterr().err
    assert marks(course) == MARKS

    assert [run(course, command) for command in ("build", "regrade")] == [0, 0]
    assert marks(course) == after


def test_a_void_check_gives_its_points_to_all_and_can_be_taken_back(course, capfd):
    manifest = (course / MANIFEST).read_text(encoding="utf-8")
    (course / MANIFEST).write_text(manifest + VOID, encoding="utf-8")

    assert run(course, "regrade") == 0
    assert "2 students +4, because test_one.py::test_it_adds_one" in capfd.readouterr().out
    assert marks(course) == {"ada": 6, "bob": 6, "cyd": 4}
    shown = (course / "autograded/bob/tiny/tiny.ipynb").read_text(encoding="utf-8")
    assert "VOID" in shown
    assert "not on the sheet" in shown

    assert [run(course, command) for command in ("build", "regrade")] == [0, 0]
    assert "0 of 3 students moved" in capfd.readouterr().out
    assert "void" not in (course / "assignments/tiny/assignment.toml").read_text(encoding="utf-8")

    (course / MANIFEST).write_text(manifest, encoding="utf-8")
    assert run(course, "regrade") == 0
    assert "2 students -4, because test_one.py::test_it_adds_one" in capfd.readouterr().out
    assert marks(course) == MARKS


def test_a_void_check_that_there_is_not_is_refused(course, capfd):
    with (course / MANIFEST).open("a", encoding="utf-8") as manifest:
        manifest.write(VOID.replace("adds_one", "add_one"))

    assert run(course, "regrade") == 2
    assert "did you mean 'test_one.py::test_it_adds_one'" in capfd.readouterr().err
    assert marks(course) == MARKS


def test_nbgrader_and_regrade_take_turns_and_agree(course, capfd):
    hand_in(course, "bob", "x + 1")
    shutil.rmtree(course / "submitted/cyd")
    assert nbgrader(course) == 0
    assert marks(course) == MARKS | {"bob": 6}
    capfd.readouterr()

    assert run(course, "regrade") == 0
    out, err = capfd.readouterr()
    assert out == "0 of 2 students moved\n"
    assert "cyd: the mark of an earlier submission stays (0)" in err

    hand_in(course, "bob", "x + 2")
    assert run(course, "regrade") == 0
    assert "bob" in capfd.readouterr().out
    assert nbgrader(course) == 0
    assert marks(course) == MARKS


def test_a_link_costs_its_own_mark_alone_and_one_student_can_be_graded(course, capfd):
    hand_in(course, "bob", "x + 1")
    shutil.rmtree(course / "submitted/cyd/tiny")
    (course / "submitted/cyd/tiny").symlink_to(course / "submitted/ada/tiny")

    assert run(course, "grade", "--student", "bob") == 0
    assert marks(course) == MARKS | {"bob": 6}
    assert run(course, "grade") == 1
    assert "cyd/tiny is a link; send in the files themselves" in capfd.readouterr().err
    assert marks(course) == {"ada": 6, "bob": 6, "cyd": None}
