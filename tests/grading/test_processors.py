"""On which processors submissions run: never two evaluators on one while another is idle."""

import pytest

from kit.errors import GradingError
from kit.grading import tasks
from kit.grading.pool import evaluators_for, processors
from kit.grading.processor import ANYWHERE
from kit.grading.tasks import Evaluators, Task


class Recorded:
    """Stands for an evaluator, and keeps on which processor it was put."""

    suite = "a digest"
    made: list[int]

    def __init__(self, _assignment, sandbox, processor):
        if sandbox == "broken":
            raise GradingError
        self.processor = processor
        self.made.append(processor)

    @classmethod
    def together(cls, assignment, sandbox, processors):
        return [cls(assignment, sandbox, processor) for processor in processors]

    def evaluate(self, submission, _only, **_):
        if submission is None:
            raise RuntimeError
        return submission() if callable(submission) else "a record"

    def close(self):
        pass


@pytest.fixture
def made(monkeypatch):
    monkeypatch.setattr(tasks, "Evaluator", type("Recorded", (Recorded,), {"made": []}))
    return tasks.Evaluator.made


def run(evaluators, submission):
    return evaluators.evaluate("a source", "a digest", "off", Task(submission))


def all_at_once(evaluators, count):
    """Have so many submissions at work at the same time: each begins within the one before."""
    run(evaluators, (lambda: all_at_once(evaluators, count - 1)) if count > 1 else "the last")


@pytest.fixture(autouse=True)
def no_source_is_unpacked(monkeypatch):
    monkeypatch.setattr(Evaluators, "_unpacked", lambda _self, source: source)


def test_evaluators_share_the_processors_out(made):
    all_at_once(Evaluators([3, 5, 8]), 4)

    assert made == [3, 5, 8, 3]


def test_those_that_are_started_beforehand_are_used_first(made):
    evaluators = Evaluators([3, 5, 8])

    evaluators.start("a source", "a digest", "off", 2)
    all_at_once(evaluators, 3)

    assert made == [3, 5, 8]


def test_those_that_cannot_be_started_beforehand_give_their_processors_back(made):
    evaluators = Evaluators([3, 5])

    evaluators.start("a source", "a digest", "broken", 2)
    all_at_once(evaluators, 2)

    assert made == [3, 5]


def test_one_that_takes_the_place_of_a_broken_one_takes_its_processor(made):
    evaluators = Evaluators([3, 5])
    all_at_once(evaluators, 2)

    with pytest.raises(RuntimeError):
        run(evaluators, None)
    all_at_once(evaluators, 2)

    assert sorted(made[:2]) == [3, 5]
    assert len(made) == 3
    assert made[2] in {3, 5}
    assert sorted(each.processor for each in evaluators._all) == [3, 5]


def test_one_that_cannot_be_started_gives_its_processor_back(made):
    evaluators = Evaluators([3, 5])

    with pytest.raises(GradingError):  # after a second attempt, with a new one
        evaluators.evaluate("a source", "a digest", "broken", Task("one"))
    all_at_once(evaluators, 4)

    assert made == [3, 5, 3, 5]
    assert set(evaluators._processors.values()) == {2}


def test_fewer_than_there_are_processors_go_where_the_kernel_puts_them(made):
    count = len(processors())

    run(evaluators_for(count - 1), "one")
    run(evaluators_for(count), "one")

    assert made == [ANYWHERE, processors()[0]]
