"""What a worker gives up at each level, and what `--sandbox` makes of a machine."""

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from kit.errors import UsageError
from kit.grading import evaluate, levels
from kit.grading.assignment import Assignment
from kit.grading.client import RemoteBench
from kit.grading.evaluate import Evaluator
from kit.grading.kernel import best_level
from kit.grading.levels import choose_level
from kit.grading.limits import Limits
from kit.grading.nursery import Zygote
from kit.grading.promises import PROMISES, broken_promises
from kit.grading.sandbox import LEVELS, NOBODY

pytestmark = pytest.mark.slow

ALONE = {PROMISES[name] for name in ("use_memory", "raise_limits", "look_into", "trace")}
OPEN = {
    PROMISES[name]
    for name in (
        *("read", "write", "see", "list_folder", "execute", "start_process", "start_thread"),
        *("send_tcp", "send_udp", "send_local", "lock"),
    )
}
CURIOUS = """
    import ctypes, errno, os, resource

    EXECUTABLE, PRIVATE = 7, 0x22
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]


    class Curious:
        def who(self):
            return [os.getuid(), os.geteuid(), os.getgid(), os.getegid()]

        def groups(self):
            return os.getgroups()

        def descriptors(self):
            found = []
            for number in range(4096):
                try:
                    os.get_inheritable(number)
                except OSError:
                    continue
                found.append(number)
            return found

        def limits(self):
            names = "AS FSIZE NOFILE CORE MEMLOCK".split()
            return {name: resource.getrlimit(getattr(resource, "RLIMIT_" + name)) for name in names}

        def surroundings(self):
            return [os.getcwd(), dict(os.environ)]

        def map(self, protection):
            address = libc.mmap(None, 4096, protection, PRIVATE, -1, 0)
            return address != 2**64 - 1

        def protect(self):
            address = libc.mmap(None, 4096, 3, PRIVATE, -1, 0)
            refused = libc.mprotect(ctypes.c_void_p(address), 4096, EXECUTABLE)
            return [refused, errno.errorcode[ctypes.get_errno()]]
"""


@pytest.fixture(scope="module")
def zygotes():
    """A zygote of each level."""
    started = {level: Zygote(Limits(), level) for level in LEVELS}
    yield started
    for zygote in started.values():
        zygote.close()


@pytest.fixture
def ask(zygotes):
    """Ask a fresh worker of a level about itself."""
    benches = []

    def ask(level, question, *arguments):
        benches.append(RemoteBench(zygotes[level], {"curious.py": dedent(CURIOUS)}))
        curious = benches[-1].make("activation:curious", "curious.py:Curious", ())
        return benches[-1].call(curious, question, arguments)[0]

    yield ask
    for bench in benches:
        bench.close()


def told(process):
    """What the kernel tells everybody about a process."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


# Promises


@pytest.mark.parametrize("level", ["L3", "L2"])
def test_every_promise_is_kept_at_the_levels_that_grade(zygotes, level):
    assert broken_promises(zygotes[level]) == ()


def test_at_l1_the_open_promises_are_told(zygotes):
    broken = set(broken_promises(zygotes["L1"]))

    assert broken >= OPEN
    assert broken.isdisjoint(ALONE)


def test_at_l0_nothing_is_promised(zygotes):
    broken = set(broken_promises(zygotes["L0"]))

    assert broken >= OPEN | {PROMISES["use_memory"], PROMISES["raise_limits"]}


# Levels


@pytest.mark.parametrize(("level", "added"), [("L0", 0), ("L1", 0), ("L2", 1), ("L3", 1)])
def test_a_filter_of_system_calls_is_added_from_l2_on(zygotes, level, added):
    bench = RemoteBench(zygotes[level], {})

    worker, here = told(bench._process.number), told("self")
    bench.close()

    assert int(worker["Seccomp_filters"]) == int(here["Seccomp_filters"]) + added
    assert (worker["NoNewPrivs"] == "1") >= (level >= "L1")


def test_landlock_alone_keeps_every_path_away():
    code = """
        from kit.grading.sandbox import _no_path_at_all
        _no_path_at_all().restrict()
        for path in ("/", "/etc/passwd", "/proc/self/mem"):
            try:
                print(open(path))
            except OSError as error:
                print(type(error).__name__)
    """

    done = subprocess.run(
        [sys.executable, "-c", dedent(code)], capture_output=True, text=True, check=True
    )

    assert set(done.stdout.split()) == {"PermissionError"}


@pytest.mark.parametrize("level", LEVELS)
def test_a_worker_has_five_descriptors_and_no_surroundings(ask, level):
    assert ask(level, "descriptors") == [0, 1, 2, 3, 4]
    assert ask(level, "surroundings") == ["/", {}]


@pytest.mark.parametrize("level", ["L1", "L2", "L3"])
def test_a_worker_of_root_is_nobody(ask, level):
    mine = [os.getuid(), os.geteuid(), os.getgid(), os.getegid()]

    assert ask(level, "who") == ([NOBODY] * 4 if mine[1] == 0 else mine)


def test_a_worker_of_root_is_in_no_group(ask):
    assert ask("L1", "groups") == ([] if os.geteuid() == 0 else os.getgroups())


@pytest.mark.parametrize("level", ["L1", "L2", "L3"])
def test_the_limits_are_those_that_were_set_and_final(ask, level):
    limits = Limits()

    assert ask(level, "limits") == {
        "AS": (limits.memory_bytes, limits.memory_bytes),
        "FSIZE": (limits.file_bytes, limits.file_bytes),
        "NOFILE": (64, 64),
        "CORE": (0, 0),
        "MEMLOCK": (0, 0),
    }


@pytest.mark.parametrize("level", ["L2", "L3"])
def test_memory_can_be_written_or_executed_and_never_becomes_executable(ask, level):
    assert ask(level, "map", 3) is True
    assert ask(level, "map", 7) is False
    assert ask(level, "map", 5) is False
    assert ask(level, "protect") == [-1, "EPERM"]


# Choosing a level


@pytest.fixture
def machine(monkeypatch):
    """Let the machine be one that offers no more than a level."""

    def pretend(level, why="the package landlockpy is not installed"):
        monkeypatch.setattr(levels, "best_level", lambda: (level, why))

    return pretend


@pytest.mark.parametrize(
    ("best", "wanted", "chosen"),
    [
        *(("L3", "require", "L3"), ("L3", "auto", "L3"), ("L3", "off", "L1"), ("L3", "L2", "L2")),
        *(("L2", "require", "L2"), ("L2", "auto", "L2"), ("L2", "off", "L1"), ("L2", "L1", "L1")),
        *(("L1", "auto", "L1"), ("L1", "off", "L1"), ("L0", "auto", "L0"), ("L0", "off", "L0")),
    ],
)
def test_a_level_is_chosen_by_what_was_asked_and_what_there_is(machine, best, wanted, chosen):
    machine(best)

    assert choose_level(wanted) == chosen


@pytest.mark.parametrize(
    ("best", "wanted"), [("L1", "require"), ("L0", "require"), ("L2", "L3"), ("L1", "L2")]
)
def test_what_is_not_there_is_refused_with_the_reason_and_what_to_do(machine, best, wanted):
    machine(best)

    with pytest.raises(UsageError, match="landlockpy is not installed") as refused:
        choose_level(wanted)

    assert "`kit doctor`" in str(refused.value)
    assert "--sandbox=auto" in str(refused.value)


def test_a_level_that_nobody_knows_is_refused_by_name():
    with pytest.raises(UsageError, match="no sandbox is called 'L4'; there are: require, auto"):
        choose_level("L4")


def test_require_refuses_a_level_whose_promises_are_broken(tiny_course, tmp_path, monkeypatch):
    course = Assignment.load(tiny_course(tmp_path), "tiny")
    monkeypatch.setattr(evaluate, "choose_level", lambda _: "L1")

    with pytest.raises(
        UsageError, match=r"L1\): broken: no file is read, .*`kit doctor`.*--sandbox"
    ):
        Evaluator(course)


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_elsewhere_than_on_linux_nothing_is_pretended(monkeypatch, platform):
    monkeypatch.setattr(sys, "platform", platform)

    level, why = best_level()

    assert level == "L0"
    assert why == (
        "seccomp and Landlock are Linux's; grade on a Linux machine or in a Linux container"
    )


@pytest.mark.parametrize(("package", "level"), [("seccompy", "L1"), ("landlockpy", "L2")])
def test_a_package_that_is_missing_is_said_with_what_to_do(monkeypatch, package, level):
    monkeypatch.setitem(sys.modules, package, None)

    assert best_level() == (
        level,
        f"the package {package} is not installed; pip install 'backprop-kit[grade]'",
    )


def test_this_machine_offers_all_levels():
    assert best_level() == ("L3", "")
