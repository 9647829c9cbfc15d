"""Where the kernel or a container refuses a call, `kit doctor` and `kit evaluate` say the same."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

REFUSING = Path(__file__).with_name("refusing.py")
REFUSED = {"EPERM": "{} is refused (Operation not permitted)", "ENOSYS": "this kernel has no {}"}


@pytest.fixture(scope="module")
def kit(tiny_course, tmp_path_factory):
    """Run `kit` on the tiny course where these calls answer with an error."""
    course = tiny_course(tmp_path_factory.mktemp("tiny"))

    def run(number, calls, *arguments):
        return subprocess.run(
            [sys.executable, REFUSING, number, calls, *arguments],
            cwd=course,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def sandbox_of(done):
    told = json.loads(done.stdout)
    return told["sandbox"], next(f for f in told["findings"] if f["name"] == "sandbox")


@pytest.mark.parametrize("number", REFUSED)
@pytest.mark.parametrize("call", ["landlock_create_ruleset", "landlock_restrict_self"])
def test_without_landlock_it_is_graded_in_l2(kit, number, call):
    sandbox, finding = sandbox_of(kit(number, call, "doctor", "--json"))
    record = json.loads(kit(number, call, "evaluate", "tiny", "solutions/tiny", "--json").stdout)

    assert (sandbox["best"], finding["problem"]) == ("L2", "")
    assert REFUSED[number].format(call) in sandbox["why"]
    assert "use" in sandbox["why"]
    assert record["sandbox"] == {"level": "L2", "broken": []}
    assert {check["status"] for each in record["exercises"] for check in each["checks"]} == {
        "passed"
    }


@pytest.mark.parametrize("number", REFUSED)
@pytest.mark.parametrize(
    "call",
    [*("seccomp", "prctl", "prlimit64"), *("pidfd_open", "pidfd_send_signal", "memfd_create")],
)
def test_where_no_sandbox_can_be_entered_both_refuse_and_name_the_call(kit, number, call):
    doctor = kit(number, call, "doctor", "--json")
    evaluated = kit(number, call, "evaluate", "tiny", "solutions/tiny")

    assert (doctor.returncode, evaluated.returncode) == (1, 2)
    for told in (sandbox_of(doctor)[1]["problem"], evaluated.stderr):
        assert REFUSED[number].format(call) in told
        assert "or newer" in told
    assert len(evaluated.stderr.splitlines()) == 1


def test_where_nothing_can_be_forked_both_say_so(kit):
    doctor = kit("EPERM", "clone", "doctor", "--json")
    evaluated = kit("EPERM", "clone", "evaluate", "tiny", "solutions/tiny")

    assert (doctor.returncode, evaluated.returncode) == (1, 1)
    for told in (sandbox_of(doctor)[1]["problem"], evaluated.stderr):
        assert "fork is refused (Operation not permitted); allow clone" in told


@pytest.mark.parametrize("call", ["close_range", "sched_setaffinity", "sched_getaffinity"])
def test_what_grading_can_do_without_may_be_refused(kit, call):
    sandbox, finding = sandbox_of(kit("EPERM", call, "doctor", "--json"))
    evaluated = kit("EPERM", call, "evaluate", "tiny", "solutions/tiny", "--json")

    assert (sandbox["best"], finding["problem"], evaluated.returncode) == ("L3", "", 0)
    assert json.loads(evaluated.stdout)["sandbox"]["level"] == "L3"
