"""The reference comes first: what it does not pass gives no marks, and the teacher reads why."""

import re
from dataclasses import replace

import pytest

from kit.errors import GradingError, SuiteError, UsageError
from kit.grading.assignment import Assignment
from kit.grading.evaluate import Evaluator
from kit.grading.pool import How, evaluate_class, evaluate_reference
from kit.grading.store import Store

pytestmark = pytest.mark.slow

TEST = "tests/hidden/tiny/test_tiny.py"
DOUBLES = 'y = student.make("activation:one").forward(x)'


@pytest.fixture
def course(tiny_course, tmp_path):
    return tiny_course(tmp_path)


@pytest.fixture
def edit(course):
    """Replace a text in a file of the course, as in `edit(TEST, "old", "new")`."""

    def replace_once(file, old, new):
        path = course / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace_once


@pytest.fixture
def load(course):
    return lambda: Assignment.load(course, "tiny")


def statuses(record):
    return {check.id: check.status for result in record.exercises for check in result.checks}


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        (
            DOUBLES,
            DOUBLES.replace("student", "stdent"),
            [
                "test_tiny.py::test_forward_adds_one",
                'File "tests/hidden/tiny/test_tiny.py", line 11, in test_forward_adds_one',
                "stdent.make",
                "NameError: name 'stdent' is not defined",
            ],
        ),
        ("(student, rng)", "(student, rgn)", ["FixtureLookupError"]),
        ("x + 1, asked", "x + 2, asked", ["line 12", "CheckFailed: Asked: one.forward(x)", "Came"]),
        ("forward(x)", "forward(lambda: x)", ["line 11", "a function cannot cross"]),
        ("forward(x)", "forwards(x)", ["line 11", "AttributeError"]),
        ("x = rng", "import os; os._exit(0)\n    x = rng", ["ended early, in test_tiny.py::"]),
        ("x = rng", "exit()\n    x = rng", ["SystemExit"]),
    ],
)
def test_a_hidden_test_that_the_reference_does_not_pass_stops_the_run_with_its_place(
    edit, load, hand_in, old, new, shown
):
    edit(TEST, old, new)

    with pytest.raises(GradingError) as caught:
        list(evaluate_class(load(), [hand_in()], How(jobs=1)))

    for words in shown:
        assert words in str(caught.value)
    assert "kit/grading" not in str(caught.value)


@pytest.mark.parametrize(
    "loop",
    [
        "while True: pass",
        "import time; time.sleep(99)",
        "while True:\n        try: student\n        except BaseException: pass",
        "import threading; threading.Event().wait()",
    ],
)
def test_a_hidden_test_that_never_ends_is_stopped_and_named(edit, load, loop):
    edit(TEST, "x = rng", f"{loop}\n    x = rng")
    edit("solutions/tiny/assignment.toml", "[limits]", "[limits]\ntest_seconds = 0.5")

    with pytest.raises(SuiteError, match=r"(?s)test_forward_adds_one.*not ended after 0.5 s"):
        evaluate_reference(load())


@pytest.mark.parametrize("file", [TEST, "tests/hidden/tiny/conftest.py", "solutions/tiny/one.py"])
def test_a_file_that_never_ends_while_it_is_imported_is_stopped(course, load, edit, file):
    edit("solutions/tiny/assignment.toml", "[limits]", "[limits]\ntest_seconds = 1.5")
    with (course / file).open("a", encoding="utf-8") as text:
        text.write("\nwhile True:\n    pass\n")

    with pytest.raises(SuiteError, match=r"not ended after 1.5 s|stopped after"):
        evaluate_reference(load())


def test_the_time_of_the_students_parts_is_not_the_hidden_tests_own(edit, load, hand_in):
    edit("solutions/tiny/assignment.toml", "[limits]", "[limits]\ntest_seconds = 0.5")
    slow = hand_in(two="import time\nclass Two:\n  def forward(self, x):\n    time.sleep(1)\n    return 2 * x")  # fmt: skip

    with Evaluator(load()) as evaluator:
        assert evaluator.evaluate(slow).score == 7.5


def test_the_reference_is_run_once_for_a_suite(load, edit, hand_in, tmp_path):
    store, seen = Store(tmp_path / "records"), []
    about = {"store": store, "on_reference": seen.append}
    list(evaluate_class(load(), [hand_in()], How(jobs=1), **about))
    again = evaluate_reference(load(), store)
    list(evaluate_class(load(), [hand_in()], How(jobs=1), **about))
    edit(TEST, "(3, 2)", "(4, 2)")
    edited = evaluate_reference(load(), store)

    assert seen[0].seconds == seen[1].seconds == again.seconds
    assert edited.suite != again.suite


# What only one submission runs into


@pytest.mark.parametrize(
    ("test", "answer", "status"),
    [
        ("assert float(y[0, 0]) > -99", "'text'", "error"),
        ("for row in y: last = row\n    assert last is not None", "[]", "error"),
        ("while y is None: pass", "None", "error"),
        ("if y is None: pytest.fail('nothing came')", "None", "failed"),
    ],
)
def test_an_odd_answer_costs_the_check_and_cannot_escape_it(
    edit, load, hand_in, test, answer, status
):
    edit("solutions/tiny/assignment.toml", "[limits]", "[limits]\ntest_seconds = 0.5")
    edit(TEST, DOUBLES, f"{DOUBLES}\n    {test}")
    odd = hand_in(one=f"class One:\n  def forward(self, x):\n    return {answer}\n")

    with Evaluator(load()) as evaluator:
        record = evaluator.evaluate(odd)

    assert statuses(record)["test_tiny.py::test_forward_adds_one"] == status
    assert record.exercises[0].score == 0


@pytest.mark.parametrize(
    ("test", "says"),
    [
        ("if y is None: nothing_of_that_name()", "is broken: NameError: .*line 12"),
        ("if y is None: pytest.no_such_thing()", "is broken: AttributeError: .*line 12"),
        ("if y is None: import no_such_module", "is broken: ModuleNotFoundError: .*line 12"),
    ],
)
def test_a_mistake_of_the_tests_that_only_wrong_answers_reach_gives_no_score(
    edit, load, hand_in, test, says
):
    edit(TEST, DOUBLES, f"{DOUBLES}\n    {test}")
    wrong = hand_in(one="class One:\n  def forward(self, x):\n    return None\n")

    with Evaluator(load()) as evaluator, pytest.raises(GradingError, match=says):
        evaluator.evaluate(wrong)


def test_a_test_that_fails_with_the_inputs_of_one_submission_gives_no_score(edit, load, hand_in):
    """A flaky test: the reference passes with its own inputs, and not with those of this one."""
    edit(
        TEST,
        "x = rng.standard_normal((3, 2))",
        "x = rng.standard_normal((3, 2))\n    LIST[int(x[0, 0] > 0)]",
    )
    edit(TEST, "import pytest", "import pytest\n\nLIST = [0]")
    submissions = [hand_in(one=f"{SOLVED}\n# {number}") for number in range(6)]
    outcomes = []

    with Evaluator(load()) as evaluator:
        for each in submissions:
            try:
                outcomes.append(evaluator.evaluate(each).score)
            except GradingError as error:
                outcomes.append(re.search(r"fails for the reference, too.*: (\w+):", str(error))[1])

    assert set(outcomes) == {7.5, "IndexError"}


SOLVED = """class One:
    def forward(self, x):
        return x + 1
    def backward(self, grad, x, y):
        return grad
"""


# What inputs are drawn from


def test_an_edit_of_one_test_redraws_the_inputs_of_no_other(edit, load, hand_in):
    wrong = hand_in(one="class One:\n  def forward(self, x):\n    return x\n")

    def messages():
        with Evaluator(load()) as evaluator:
            record = evaluator.evaluate(wrong)
        return [check.message for result in record.exercises for check in result.checks]

    before = messages()
    edit(TEST, "points(1,", "points(2,")
    edit(TEST, "def test_forward_leaves", "# a remark\ndef test_forward_leaves")
    same = messages()
    edit(TEST, "(3, 2)", "(3, 3)")
    after = messages()

    assert same == before
    assert after[0] != before[0]
    assert after[1:] == before[1:]


# Checks that do not count

VOID = """
[[void]]
check = "test_tiny.py::test_forward_doubles"
reason = "the sheet did not ask for it"
"""


@pytest.fixture
def void(course):
    def take_out(text=VOID):
        with (course / "solutions/tiny/assignment.toml").open("a", encoding="utf-8") as manifest:
            manifest.write(text)

    return take_out


def outcome(assignment, submission, store=None):
    [(_, record)] = evaluate_class(assignment, [submission], How(jobs=1), store=store)
    return record


def test_a_void_check_gives_everybody_its_points_and_says_why(load, void, hand_in):
    wrong = hand_in(two="class Two:\n  def forward(self, x):\n    return x\n")
    void()

    record = outcome(load(), wrong)

    [check] = record.exercises[1].checks
    assert (check.status, check.points, record.score) == ("void", 4.0, 7.5)
    assert check.message == "the sheet did not ask for it"
    assert check.public.endswith("you have its points: the sheet did not ask for it")


def test_a_stored_record_is_used_on_when_a_check_is_taken_out_and_put_back(
    load, void, hand_in, tmp_path, course
):
    store = Store(tmp_path / "records")
    wrong = hand_in(two="class Two:\n  def forward(self, x):\n    return x\n")
    manifest = (course / "solutions/tiny/assignment.toml").read_text(encoding="utf-8")
    before = outcome(load(), wrong, store)
    void()
    taken_out = outcome(load(), wrong, store)
    (course / "solutions/tiny/assignment.toml").write_text(manifest, encoding="utf-8")
    put_back = outcome(load(), wrong, store)

    assert [record.score for record in (before, taken_out, put_back)] == [3.5, 7.5, 3.5]
    assert before.seconds == taken_out.seconds == put_back.seconds
    assert replace(put_back, seconds=0) == replace(before, seconds=0)


def test_a_void_check_may_be_one_that_the_reference_does_not_pass(load, void, edit, hand_in):
    edit(TEST, "2 * x, asked", "3 * x, asked")
    void()

    assert outcome(load(), hand_in()).score == 7.5


@pytest.mark.parametrize("stored", [False, True])
def test_a_void_check_that_there_is_not_is_refused_with_the_nearest(
    load, void, hand_in, tmp_path, stored
):
    store = Store(tmp_path / "records")
    if stored:
        outcome(load(), hand_in(), store)
    void(VOID.replace("doubles", "double"))

    with pytest.raises(UsageError, match=r"names no check.*did you mean.*test_forward_doubles"):
        outcome(load(), hand_in(), store)
