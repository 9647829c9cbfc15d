"""Evaluators that are started together: one process collects the suite, and is forked for the others."""

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace

import pytest

from kit.errors import GradingError, KitError
from kit.grading.assignment import Assignment
from kit.grading.evaluate import Evaluator
from kit.grading.lane import close_all
from kit.grading.processor import ANYWHERE
from kit.grading.tasks import Evaluators, Task

pytestmark = pytest.mark.slow


@pytest.fixture
def course(tiny_course, tmp_path):
    return tiny_course(tmp_path)


@pytest.fixture
def together(course):
    evaluators = Evaluator.together(Assignment.load(course, "tiny"), "require", [ANYWHERE] * 3)
    yield evaluators
    close_all(evaluators)


def numbers(evaluators):
    return [evaluator._lane.number for evaluator in evaluators]


def test_all_give_the_same_record_of_the_same_submission(together, hand_in):
    records = [each.evaluate(hand_in()) for each in together for _ in range(2)]

    assert records[0].score == 7.5
    assert len({str(replace(record, seconds=0.0).to_json()) for record in records}) == 1


def test_each_is_a_process_with_a_zygote_of_its_own(together, hand_in, children, alive):
    first, *others = numbers(together)

    assert set(others) <= set(children(first))
    assert len({os.getpgid(number) for number in [first, *others]}) == 3
    for evaluator in together:
        evaluator.evaluate(hand_in())
    (zygote,) = [child for child in children(first) if child not in others]
    assert len([child for child in children(zygote) if alive(child)]) == 2


@pytest.mark.parametrize("which", [0, 1])
def test_one_that_dies_costs_the_others_nothing(together, hand_in, which):
    os.killpg(numbers(together)[which], signal.SIGKILL)

    with pytest.raises(GradingError, match="the suite process failed"):
        together[which].evaluate(hand_in())

    assert [each.evaluate(hand_in()).score for each in together] == [7.5] * 3


@pytest.mark.parametrize("which", [0, 1])
def test_one_that_is_closed_leaves_the_others_at_work(together, hand_in, which):
    together[which].close()

    others = [each for number, each in enumerate(together) if number != which]
    assert [each.evaluate(hand_in()).score for each in others] == [7.5] * 2


def test_a_zygote_that_has_died_is_replaced_in_its_lane(together, hand_in, children):
    first, *others = numbers(together)
    (zygote,) = [child for child in children(first) if child not in others]
    for process in children(zygote):
        os.kill(process, signal.SIGKILL)

    assert [each.evaluate(hand_in()).score for each in together for _ in range(2)] == [7.5] * 6


def test_nothing_is_left_behind_when_all_are_closed(course, hand_in, children, alive):
    evaluators = Evaluators()
    assignment = Assignment.load(course, "tiny")
    evaluators.start(assignment, assignment.digest(), "require", 2)
    evaluators.evaluate(assignment, assignment.digest(), "require", Task(hand_in()))
    suites = numbers(evaluators._all)
    zygotes = [child for suite in suites for child in children(suite)]

    evaluators.close()

    assert len(suites) == 2
    assert not any(map(alive, [*suites, *zygotes]))


def test_nothing_is_left_behind_when_the_one_that_asks_is_gone(course, children, gone):
    code = (
        "import sys, time; from pathlib import Path;"
        "from kit.grading.assignment import Assignment; from kit.grading.evaluate import Evaluator;"
        "assignment = Assignment.load(Path(sys.argv[1]), 'tiny');"
        "kept = Evaluator.together(assignment, 'require', [-1, -1]);"
        "print(flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", code, str(course)]
    asking = subprocess.Popen(command, stdout=subprocess.PIPE)
    asking.stdout.readline()
    (first,) = children(asking.pid)
    below = [first, *children(first), *[two for one in children(first) for two in children(one)]]

    asking.kill()
    asking.communicate()

    assert len(below) == 4
    assert gone(below, seconds=10)


def test_a_suite_that_cannot_be_collected_is_told_once_and_leaves_nothing(course, children):
    (course / "tests/hidden/tiny/test_tiny.py").write_text("1 / 0", encoding="utf-8")

    with pytest.raises(KitError, match="ZeroDivisionError"):
        Evaluator.together(Assignment.load(course, "tiny"), "require", [ANYWHERE] * 2)

    assert not children(os.getpid())


def test_who_needs_one_waits_for_those_that_are_starting(course, hand_in):
    assignment, evaluators = Assignment.load(course, "tiny"), Evaluators()
    suite = assignment.digest()
    starting = threading.Thread(target=evaluators.start, args=[assignment, suite, "require", 2])
    starting.start()
    while not evaluators._starting and starting.is_alive():
        time.sleep(0.001)

    record = evaluators.evaluate(assignment, suite, "require", Task(hand_in()))
    starting.join()

    assert record.score == 7.5
    assert len(evaluators._all) == 2
    evaluators.close()
