"""What one submission leaves behind in memory: nothing that the next one could find.

A worker is forked from a process that must never have seen a submission, a test or a name. The
test looks into the memory of these processes itself, which only root may: they hide from others.
"""

import os
import secrets
from pathlib import Path

import pytest

from kit.grading.assignment import Assignment
from kit.grading.client import RemoteBench
from kit.grading.evaluate import Evaluator
from kit.grading.levels import AUTO, choose_level
from kit.grading.limits import Limits
from kit.grading.nursery import Zygote
from kit.harness.submission import Submission

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root may look into these processes"),
]

SOURCE = """
SECRET = "{secret}"


class Part:
    def forward(self, x):
        print(SECRET)
        return [SECRET, SECRET.upper()]
"""


def holds(process, text):
    """Whether a text is anywhere in the memory of a process."""
    needle = text.encode()
    about = Path(f"/proc/{process}")
    with (about / "maps").open() as maps, (about / "mem").open("rb", buffering=0) as memory:
        for line in maps:
            span, rights, *_ = line.split(maxsplit=2)
            if not rights.startswith("r") or "[v" in line:  # what is the kernel's own
                continue
            start, end = (int(place, 16) for place in span.split("-"))
            memory.seek(start)
            if needle in memory.read(end - start):
                return True
    return False


@pytest.fixture(scope="module")
def zygote():
    made = Zygote(Limits(), choose_level(AUTO))
    yield made
    made.close()


def use(zygote, text):
    """Have a worker of its own load a source and answer once; return its bench."""
    bench = RemoteBench(zygote, {"one.py": text})
    part = bench.make("activation:one", "one.py:Part", [])
    bench.call(part, "forward", [1.0])
    return bench


def test_a_source_is_in_the_memory_of_its_own_worker_only(zygote):
    secret, other = secrets.token_hex(16), secrets.token_hex(16)

    first = use(zygote, SOURCE.format(secret=secret))
    in_its_own = holds(first._process.number, secret)
    first.close()
    second = use(zygote, SOURCE.format(secret=other))
    in_the_next = holds(second._process.number, secret)
    in_the_next_its_own = holds(second._process.number, other)
    second.close()

    assert in_its_own
    assert in_the_next_its_own
    assert not in_the_next
    assert not holds(zygote._process.pid, secret)
    assert not holds(zygote._process.pid, other)


def test_two_workers_at_a_time_know_nothing_of_each_other(zygote):
    ours, theirs = secrets.token_hex(16), secrets.token_hex(16)

    first, second = (use(zygote, SOURCE.format(secret=secret)) for secret in (ours, theirs))

    assert holds(first._process.number, ours)
    assert holds(second._process.number, theirs)
    assert not holds(first._process.number, theirs)
    assert not holds(second._process.number, ours)
    first.close()
    second.close()


def test_the_process_that_workers_come_from_knows_no_test_and_no_name(course, children):
    mark, name, secret = (secrets.token_hex(16) for _ in range(3))
    hidden = course / "tests/hidden/backprop/test_relu.py"
    hidden.write_text(hidden.read_text(encoding="utf-8") + f'\nMARK = "{mark}"\n', encoding="utf-8")
    source = SOURCE.format(secret=secret).replace("Part", "ReLU").encode()
    missing = {file: f"{file} was not handed in" for file in ("losses.py", "layers.py")}

    with Evaluator(Assignment.load(course, "backprop"), sandbox=AUTO) as evaluator:
        evaluator.evaluate(Submission(name, {"activations.py": source}, missing))
        suite = evaluator._lane.number
        (zygote,) = children(suite)

        assert holds(suite, mark)
        for text in (mark, name, secret, str(course)):
            assert not holds(zygote, text)
