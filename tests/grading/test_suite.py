"""The suite process: fixtures of every kind, and nothing that one submission leaves to the next."""

from textwrap import dedent

import pytest

from kit.errors import GradingError
from kit.grading.assignment import Assignment
from kit.grading.evaluate import Evaluator

HIDDEN = "tests/hidden/tiny/test_tiny.py"


@pytest.fixture
def suite_of(tiny_course, tmp_path):
    """Make an assignment whose hidden tests are these; each is worth a point in exercise `one`."""

    def make(code):
        course = tiny_course(tmp_path)
        manifest = course / "solutions/tiny/assignment.toml"
        text = manifest.read_text(encoding="utf-8")
        second = text.index('[[exercise]]\nname = "two"')
        manifest.write_text(text[:second] + text[text.index("[limits]") :], encoding="utf-8")
        head = 'import pytest\n\npytestmark = [pytest.mark.exercise("one"), '
        head += 'pytest.mark.points(1, kind="value")]\n'
        (course / HIDDEN).write_text(head + dedent(code), encoding="utf-8")
        return Assignment.load(course, "tiny")

    return make


def verdicts(record):
    return [check.status for exercise in record.exercises for check in exercise.checks]


def test_fixtures_of_every_kind_are_what_pytest_makes_of_them(suite_of, hand_in):
    assignment = suite_of("""
        closed = []

        @pytest.fixture
        def plain():
            return ["plain"]

        @pytest.fixture
        def needs_plain(plain, request):
            return [*plain, request.node.name]

        @pytest.fixture
        def closing(plain):
            yield plain
            closed.append(plain)

        @pytest.fixture(scope="module")
        def wide():
            return object()

        @pytest.fixture(params=[1, 2])
        def number(request):
            return request.param

        def test_a_fixture_is_made_once_for_a_test(plain, needs_plain):
            assert needs_plain == ["plain", "test_a_fixture_is_made_once_for_a_test"]
            plain.append("more")

        def test_and_anew_for_the_next(plain):
            assert plain == ["plain"]

        def test_a_generator_is_a_fixture_too(closing, plain):
            assert closing is plain

        def test_and_is_closed_after_its_test():
            assert closed == [["plain"]]

        seen = []

        def test_a_wide_one_is_made(wide):
            seen.append(wide)

        def test_a_wide_one_is_kept(wide, tmp_path, monkeypatch):
            assert seen == [wide]

        def test_parameters_arrive(number):
            assert number in (1, 2)

        @pytest.mark.parametrize("left, right", [(1, 1), (2, 2)])
        def test_marks_arrive(left, right, plain):
            assert left == right

        class TestOfAClass:
            @pytest.fixture
            def own(self):
                return self

            def test_a_class_has_its_own(self, own):
                assert own is self
    """)

    with Evaluator(assignment) as evaluator:
        record = evaluator.evaluate(hand_in())

    assert verdicts(record) == ["passed"] * 11, [
        check.message for check in record.exercises[0].checks
    ]


@pytest.mark.parametrize("kind", ["return 1 / 0", "yield 1 / 0", "yield\n            1 / 0"])
def test_a_fixture_that_fails_for_all_gives_no_score(suite_of, hand_in, kind):
    assignment = suite_of(f"""
        @pytest.fixture
        def broken():
            {kind}

        def test_with_it(broken):
            pass

        def test_without_it():
            pass
    """)

    with (
        Evaluator(assignment) as evaluator,
        pytest.raises(GradingError, match="test_with_it fails for the reference, too"),
    ):
        evaluator.evaluate(hand_in())


def test_nothing_that_a_run_leaves_behind_reaches_the_next_submission(suite_of, hand_in):
    assignment = suite_of("""
        import logging
        import os
        import sys

        import numpy as np

        kept = []

        def test_all_is_as_it_was_at_first(student):
            before = [*kept, os.environ.get("LEFT"), np.geterr()["over"], np.random.get_state()[2]]
            before += [len(logging.getLogger().handlers), "left" in sys.modules, os.getcwd()]
            kept.append(1)
            os.environ["LEFT"] = "1"
            np.seterr(over="raise")
            np.random.random(3)
            logging.getLogger().addHandler(logging.NullHandler())
            sys.modules["left"] = sys
            os.chdir("/")
            assert False, before
    """)

    with Evaluator(assignment) as evaluator:
        first, second = (
            evaluator.evaluate(hand_in(one=f"x = {number}")).exercises[0].checks[0].message
            for number in range(2)
        )

    assert first == second
    assert first.startswith("[")
