"""`kit doctor`: what holds on this machine is measured, told, and never pretended."""

import json
import sys

import pytest

from kit.cli import main
from kit.errors import GradingError
from kit.grading import machine
from kit.grading.promises import PROMISES

pytestmark = pytest.mark.slow


@pytest.fixture
def doctor(tmp_path, monkeypatch, capfd):
    """Run the command in this process, in a folder outside any course unless told otherwise."""

    def run(*arguments, cwd=tmp_path):
        monkeypatch.chdir(cwd)
        with pytest.raises(SystemExit) as ended:
            main(["doctor", *map(str, arguments)])
        return ended.value.code, *capfd.readouterr()

    return run


def without(monkeypatch, package):
    monkeypatch.setitem(sys.modules, package, None)


def test_a_sound_machine_is_shown_as_promises_and_levels(doctor, course):
    code, out, err = doctor(cwd=course)

    lines = out.splitlines()
    rows = {line[:40].strip(): line[40:].split() for line in lines if line.startswith(("no ", " "))}
    assert (code, err) == (0, "")
    assert rows[""] == ["L3", "L2", "L1", "L0"]
    assert rows["no file is read"] == ["holds", "holds", "open", "open"]
    assert rows["no other process is looked into"][:3] == ["holds", "holds", "holds"]
    assert all(f"\n{promise} " in out for promise in PROMISES.values())
    assert "kit grade uses L3" in lines
    assert "ok      sandbox" in lines


def test_without_a_course_there_is_nothing_to_grade_and_that_is_said(doctor):
    code, out, _ = doctor()

    assert code == 1
    assert "\nmissing course: no course at " in out
    assert "or name one with --course DIR" in out


def test_a_program_reads_the_same_as_one_object(doctor, course):
    code, out, err = doctor("--json", cwd=course)

    told = json.loads(out)
    assert (code, err, told["ready"]) == (0, "", True)
    assert list(told["versions"]) == [
        *("kit", "python", "numpy", "pytest", "nbgrader", "kernel", "cores")
    ]
    assert told["sandbox"]["best"] == "L3"
    assert list(told["sandbox"]["broken"]) == ["L3", "L2", "L1", "L0"]
    assert told["sandbox"]["broken"]["L3"] == told["sandbox"]["broken"]["L2"] == []
    assert "no file is read" in told["sandbox"]["broken"]["L1"]
    assert told["course"] == str(course)
    assert {"name": "sandbox", "problem": "", "needed": True} in told["findings"]
    assert "gradebook" in {finding["name"] for finding in told["findings"]}


def test_without_landlock_it_grades_and_says_what_is_missing(doctor, course, monkeypatch):
    without(monkeypatch, "landlockpy")

    code, out, _ = doctor(cwd=course)

    assert code == 0
    assert "kit grade uses L2" in out
    assert (
        "L3 is missing: the package landlockpy is not installed; pip install 'backprop-kit[grade]'"
    ) in out


def test_without_seccomp_it_measures_what_is_left_and_refuses(doctor, monkeypatch):
    without(monkeypatch, "seccompy")

    code, out, _ = doctor()

    assert code == 1
    assert "kit grade refuses to work here" in out
    assert "\nmissing sandbox: L2 is missing: the package seccompy is not installed" in out
    (row,) = [line for line in out.splitlines() if line.startswith("no file is read")]
    assert row.split()[-4:] == ["-", "-", "open", "open"]


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_elsewhere_than_on_linux_nothing_is_pretended(doctor, monkeypatch, platform):
    monkeypatch.setattr(sys, "platform", platform)

    code, out, _ = doctor()

    assert code == 1
    assert "holds" not in out
    assert "L2 is missing: seccomp and Landlock are Linux's; grade on a Linux machine" in out


def test_a_promise_that_is_broken_at_the_best_level_is_named(doctor, monkeypatch):
    monkeypatch.setattr(machine, "broken_promises", lambda _: ("no file is read",))

    code, out, _ = doctor("--json")

    (sandbox, *_) = json.loads(out)["findings"]
    assert (code, sandbox["name"]) == (1, "sandbox")
    assert "L3 does not keep here: no file is read; grade on another machine" in sandbox["problem"]


def test_a_level_that_does_not_start_is_told_with_its_cause(doctor, monkeypatch):
    def fail(zygote):
        if zygote.level == "L3":
            raise GradingError("no worker could be started: it hurts")
        return ()

    monkeypatch.setattr(machine, "broken_promises", fail)

    code, out, _ = doctor()

    assert code == 1
    assert "L3 did not start: no worker could be started: it hurts" in out
    assert "missing sandbox: L3 does not start" in out


def test_without_nbgrader_the_machine_alone_is_looked_at(doctor, course, monkeypatch):
    without(monkeypatch, "nbgrader")

    code, out, _ = doctor(cwd=course)

    assert code == 1
    assert "missing nbgrader: grading a class needs nbgrader: pip install" in out
    assert "configuration" not in out


def test_a_problem_that_stops_no_grading_is_told_and_no_failure(doctor, course, monkeypatch):
    monkeypatch.setattr(machine, "broken_promises", lambda _: ())
    (course / "solutions" / "no\x1btes").mkdir()

    code, out, _ = doctor("--course", course)

    assert code == 0
    assert r"no\x1btes has no assignment.toml" in out
    assert "\nlook    folders: " in out.replace("'look", "look")


def test_a_problem_that_stops_grading_is_a_failure(doctor, course, monkeypatch):
    monkeypatch.setattr(machine, "broken_promises", lambda _: ())
    (course / "nbgrader_config.py").write_text("1 / 0", encoding="utf-8")

    code, out, _ = doctor(cwd=course)

    assert code == 1
    assert f"\nmissing configuration: {course / 'nbgrader_config.py'} cannot be loaded" in out


def test_a_course_that_is_none_is_a_mistake(doctor, tmp_path):
    code, out, err = doctor("--course", tmp_path)

    assert (code, out) == (2, "")
    assert "is not a course" in err


def test_where_python_has_no_limits_of_resources_it_can_still_be_asked(run_python, tmp_path):
    code = "import sys; sys.modules['resource'] = None; import kit.grading.evaluate"

    done = run_python("-c", code, cwd=tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
