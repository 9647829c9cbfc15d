"""A worker that runs away: it is stopped, its line is told, and nothing of it piles up."""

import os
import re
from textwrap import dedent, indent

import pytest

from kit.errors import PartDiedError, PartError, PartTimeoutError
from kit.grading.client import RemoteBench
from kit.grading.limits import Limits
from kit.grading.nursery import Zygote

pytestmark = pytest.mark.slow

LIMITS = Limits(call_seconds=0.3, wall_seconds=0.8, memory_bytes=600_000_000, file_bytes=1 << 20)
HEAD = """\
import ctypes, faulthandler, os, signal, sys, time
import numpy as np

def turn():
    while True: pass

class One:
    def forward(self, x):
"""
LINE = HEAD.count("\n") + 1  # the first line of what `forward` does
TURN = HEAD.splitlines().index("    while True: pass") + 1
NO_TRACE = re.compile(r"stopped after 0\.3 s of CPU time in [\w .]*One\.forward$")


@pytest.fixture(scope="module")
def zygote():
    zygote = Zygote(LIMITS, "L3")
    yield zygote
    zygote.close()


@pytest.fixture
def bench(zygote):
    """Make a bench with one file; it is ended after the test."""
    benches = []

    def make(source):
        benches.append(RemoteBench(zygote, {"one.py": source}))
        return benches[-1]

    yield make
    for each in benches:
        each.close()


@pytest.fixture
def forward(bench):
    """Call a `forward` that does this, in a worker of its own."""

    def call(body):
        made = bench(HEAD + indent(dedent(body).strip(), " " * 8))
        one = made.make("activation:one", "one.py:One", ())
        return made.call(one, "forward", [2.0])[0]

    return call


def printed(error):
    """What an error notes of what was printed."""
    notes = [note for note in getattr(error, "__notes__", []) if note.startswith("Printed: ")]
    return "".join(notes).removeprefix("Printed: ")


# The line where it was stopped

LOOPS = {
    "a loop": ("while True: pass", LINE),
    "a loop in a loop": (
        "for each in iter(int, 1):\n    for other in iter(int, 1): pass",
        LINE + 1,
    ),
    "a nested call": ("turn()", TURN),
    "a big power": ("return 10 ** 10 ** 8", LINE),
    "a product of big arrays": (
        "big = np.ones((1500, 1500))\nreturn [np.dot(big, big) for _ in range(99)]",
        LINE + 1,
    ),
    "an except for everything": (
        "while True:\n    try:\n        while True: pass\n    except: pass",
        LINE + 2,
    ),
    "no other signal": (
        "for n in {*range(1, 32)} - {9, 10, 19}: signal.signal(n, signal.SIG_IGN)\nwhile True: pass",
        LINE + 1,
    ),
    "memory in small pieces": ("x = []\nwhile True: x.append([x])\n", LINE + 1),
}


@pytest.mark.parametrize(("body", "line"), LOOPS.values(), ids=LOOPS)
def test_what_does_not_end_is_stopped_with_its_line(forward, body, line):
    with pytest.raises(PartTimeoutError, match=r"0\.3 s of CPU time in .*One") as stopped:
        forward(body)

    assert (stopped.value.file, stopped.value.line) == ("one.py", line)


def test_a_sleep_is_stopped_by_the_clock_with_its_line(forward):
    with pytest.raises(PartTimeoutError, match=r"0\.8 s without an answer in .*One") as stopped:
        forward("\ntime.sleep(60)")

    assert (stopped.value.file, stopped.value.line) == ("one.py", LINE)


def test_a_file_that_does_not_end_loading_is_stopped_with_its_line(bench):
    made = bench("x = 1\n\nwhile True: pass\n")

    with pytest.raises(PartTimeoutError, match=r"0\.3 s of CPU time in loading one\.py") as stopped:
        made.call(made.make("activation:one", "one.py:One", ()), "forward", [1.0])

    assert (stopped.value.file, stopped.value.line) == ("one.py", 3)


MUTE = {
    "the signal is blocked": "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])",
    "the signal is ignored": "signal.signal(signal.SIGUSR1, signal.SIG_IGN)",
    "the handler is taken off": "faulthandler.disable(); faulthandler.unregister(signal.SIGUSR1)",
    "its file is closed": "os.close(4)",
}


@pytest.mark.parametrize("body", MUTE.values(), ids=MUTE)
def test_without_a_trace_it_is_stopped_all_the_same(forward, body):
    with pytest.raises(PartTimeoutError, match=NO_TRACE) as stopped:
        forward(f"{body}\nwhile True: pass")

    assert (stopped.value.file, stopped.value.line) == ("", 0)


FORGED = {
    "a file of ours": ("/etc/passwd", "1", ("", 0)),
    "a file that was not handed in": ("two.py", "1", ("", 0)),
    "a line that it does not have": ("one.py", "731731", ("", 0)),
    "a line before the first": ("one.py", "0", ("", 0)),
    "a number without an end": ("one.py", "9" * 5000, ("", 0)),
    "another line of its own": ("one.py", "2", ("one.py", 2)),
}


@pytest.mark.parametrize(("file", "line", "told"), FORGED.values(), ids=FORGED)
def test_a_forged_trace_can_name_a_line_that_was_handed_in_and_nothing_else(
    forward, file, line, told
):
    forger = f"""
        forged = b'  File "{file}", line {line} in forward\\n'
        faulthandler.unregister(signal.SIGUSR1)
        signal.signal(signal.SIGUSR1, lambda *_: os.write(4, forged))
        while True: pass
    """

    with pytest.raises(PartTimeoutError) as stopped:
        forward(forger)

    assert (stopped.value.file, stopped.value.line) == told


# How it ended

DEEP = """
    deep = iter([])
    for _ in range(400_000):
        deep = filter(None, deep)
    next(deep)
"""
CRASHES = {
    "a wild pointer": ("ctypes.string_at(0)", "SIGSEGV", LINE),
    "a recursion in C": (DEEP, "SIGSEGV", LINE + 3),
    "an abort": ("os.abort()", "SIG(ABRT|SEGV)", LINE),
}


@pytest.mark.parametrize(("body", "signal", "line"), CRASHES.values(), ids=CRASHES)
def test_a_crash_is_told_with_its_signal_and_its_line(forward, body, signal, line):
    with pytest.raises(
        PartDiedError, match=f"process ended in .*One.*: killed by {signal}"
    ) as died:
        forward(body)

    assert (died.value.file, died.value.line) == ("one.py", line)


def test_an_exit_is_told_with_its_code(forward):
    with pytest.raises(PartDiedError, match=r"its process ended in .*One.*: exit code 3$"):
        forward("os._exit(3)")


def test_a_recursion_in_python_ends_no_process(bench):
    made = bench("class One:\n  def forward(self, x): return self.forward(x)\n  def backward(self, x): return x")  # fmt: skip
    one = made.make("activation:one", "one.py:One", ())

    with pytest.raises(PartError, match="RecursionError") as raised:
        made.call(one, "forward", [1.0])

    assert (raised.value.file, raised.value.line) == ("one.py", 2)
    assert made.call(one, "backward", [1.0])[0] == 1.0


# What it uses

TOO_MUCH = {
    "an array": "return np.ones(10**9)",
    "a text": "return ' ' * 10**10",
    "a list": "return [0] * 10**9",
    "many arrays": "return [np.empty(10**7) for _ in range(99)]",
}


@pytest.mark.parametrize("body", TOO_MUCH.values(), ids=TOO_MUCH)
def test_memory_ends_at_its_limit_with_a_line(forward, body):
    with pytest.raises(PartError, match="MemoryError") as raised:
        forward(body)

    assert (raised.value.file, raised.value.line) == ("one.py", LINE)


def test_memory_that_is_asked_for_again_and_again_ends_by_the_clock(forward):
    with pytest.raises(PartTimeoutError):
        forward("while True:\n    try: x = ' ' * 10**10\n    except MemoryError: pass")


@pytest.mark.parametrize(
    "body",
    [
        "for _ in range(100_000): print('x' * 99)",
        "print('x' * 10**7)",
        "sys.stderr.write('x' * 10**7)",
        "for _ in range(100_000): print('é', end='')",
    ],
    ids=["lines", "one line", "on standard error", "letters of two bytes"],
)
def test_honest_prints_cost_nothing_however_many(forward, body):
    assert forward(f"{body}\nreturn x + 1") == 3.0


def test_a_flood_past_the_limit_is_an_error_and_takes_no_more_room(bench):
    made = bench(HEAD + "        for _ in range(99): os.write(1, b'x' * 10**5)")
    one = made.make("activation:one", "one.py:One", ())

    with pytest.raises(PartError, match="File too large") as raised:
        made.call(one, "forward", [1.0])

    assert (raised.value.file, raised.value.line) == ("one.py", LINE)
    assert printed(raised.value) == "x" * 500
    assert os.fstat(made._process._output).st_size == LIMITS.file_bytes


def test_a_flood_that_does_not_end_is_stopped_and_its_end_is_kept(forward):
    with pytest.raises(PartTimeoutError) as stopped:
        forward("while True: print('turn')")

    assert "\nturn\nturn\n" in printed(stopped.value)
    assert len(printed(stopped.value)) == 500


def test_what_was_printed_before_the_end_is_kept(forward):
    with pytest.raises(PartDiedError) as died:
        forward("print('here')\nos._exit(1)")

    assert printed(died.value) == "here\n"
