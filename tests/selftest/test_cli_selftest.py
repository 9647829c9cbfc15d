"""`kit selftest`: what it prints, where, and with which exit code."""

import json

import pytest

from kit.cli import main

pytestmark = pytest.mark.slow

HIDDEN = "tests/hidden/small/test_double.py"


@pytest.fixture
def course(small_course, tmp_path):
    return small_course(tmp_path / "course")


@pytest.fixture
def run(course, monkeypatch, capfd):
    """Run the command in this process, in the small course."""

    def run(*arguments):
        monkeypatch.chdir(course)
        with pytest.raises(SystemExit) as ended:
            main(["selftest", *arguments])
        return ended.value.code, *capfd.readouterr()

    return run


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_suite_without_a_hole_is_a_table_and_exit_code_0(run):
    code, out, err = run()

    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert lines[0].split() == ["looked", "at", "holes"]
    assert "the reference passes every check" in out
    assert all(line.endswith("  -") for line in lines[1:-3])
    assert lines[-1] == "small: no holes"
    assert "6 checks at L" in lines[-2]


def test_a_program_gets_one_object_with_the_whole_matrix(run):
    code, out, err = run("small", "--json", "-j1")

    found = json.loads(out)
    assert (code, err) == (0, "")
    assert (found["schema"], found["assignment"], found["holes"]) == ("kit/selftest/1", "small", 0)
    assert found["suite"].startswith("sha256:")
    assert set(found["seconds"]) == {"hidden", "repeats", "public", "runaways"}
    check = found["checks"]["test_double.py::test_two_objects_share_nothing"]
    assert (check["kind"], check["alone"]) == ("state", [])
    assert check["stays"] == "no mutant looks at another object"
    check = found["checks"]["test_double.py::test_forward_leaves_x_alone"]
    assert "double.py Double.forward: in place: x is zero afterwards" in check["alone"]
    assert found["entries"]["stub"]["failed"] == sorted(found["checks"])
    assert found["entries"]["wrong/squared"]["kind"] == "wrong"
    assert found["public"]["wrong/squared"]["failed"] == ["test_public.py::test_one_number"]
    assert found["operators"]["constant"] == {"killed": 8, "survived": 0, "equivalent": 0}
    assert not [rule for rule in found["rules"] if rule["holes"]]


def test_a_test_that_was_emptied_is_named_and_exit_code_1(run, course):
    weakened = "assert_unchanged(double.echo[0], x, asked='forward', name='x')".replace("'", '"')
    change(course / HIDDEN, weakened, "")

    code, out, err = run()

    name = "test_double.py::test_forward_leaves_x_alone"
    assert (code, err) == (1, "")
    assert f"  {name}: it fails on no near miss that is argument" in out.splitlines()
    assert "  double.py Double.forward: in place: x is zero afterwards: no check fails on it" in out
    assert "every check fails on something that is a little off, but:" in out


def test_the_same_without_a_zoo_is_told_of_the_mutants_alone(run, course):
    (course / "tests/zoo").rename(course / "elsewhere")

    code, out, _ = run()

    assert code == 1
    assert "grad is zero afterwards: no check fails on it" in out
    assert "every wrong one is caught in its exercise" in out


def test_without_a_sandbox_no_attack_is_run_and_that_is_said(run):
    code, out, _ = run("--sandbox", "off")

    assert code == 0
    assert "1 hostile one was not run: it needs a better sandbox than L1" in out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("smal",), "no assignment is called 'smal'"),
        (("small", "--course", "missing"), "is not a course"),
        (("small", "--sandbox", "L9"), "L9"),
        (("small", "-j0"), "Invalid value for '-j'"),
    ],
)
def test_what_was_asked_wrongly_is_one_line_and_exit_code_2(run, arguments, told):
    code, out, err = run(*arguments)

    assert (code, out) == (2, "")
    assert err.startswith("kit: ")
    assert told in err
    assert len(err.splitlines()) == 1


def test_a_zoo_that_cannot_be_read_is_one_line_and_exit_code_2(run, course):
    (course / "tests/zoo/small/wrong/squared/verdict.toml").unlink()

    code, out, err = run()

    assert (code, out) == (2, "")
    assert err.endswith("wrong/squared is no entry of a zoo: it has no verdict.toml\n")


def test_a_course_without_an_assignment_is_told(run, course):
    (course / "solutions/small/assignment.toml").unlink()

    code, out, err = run()

    assert (code, out) == (2, "")
    assert "has no assignment" in err


def test_a_broken_suite_is_one_line_and_exit_code_1(run, course):
    (course / HIDDEN).write_text("import nothing_like_this")

    code, out, err = run()

    assert (code, out) == (1, "")
    assert err.startswith("kit: the hidden suite cannot be collected")
