"""The evaluator, with real workers: what a submission earns, and what it cannot do to others."""

import json
import os
import re
import signal
import threading
from textwrap import dedent

import pytest

from kit.course.build import points_of
from kit.errors import GradingError, KitError, UsageError
from kit.grading.assignment import Assignment
from kit.grading.evaluate import Evaluator, evaluate
from kit.grading.pool import evaluate_reference
from kit.harness.submission import Submission, read_submission

pytestmark = pytest.mark.slow

FULL = {
    "relu": 15.0,
    "sigmoid": 15.0,
    "bce": 20.0,
    "layer_forward": 10.0,
    "layer_backward": 25.0,
    "accuracy": 15.0,
}
NUMBER = re.compile(r"\d\.\d{3}")


def scores(record):
    return {exercise.name: exercise.score for exercise in record.exercises}


def checks(record, exercise=None):
    return [
        check
        for result in record.exercises
        for check in result.checks
        if exercise in {None, result.name}
    ]


def lost(record):
    """What was not earned: the points lost, by exercise."""
    return {
        each.name: each.max_score - each.score
        for each in record.exercises
        if each.score < each.max_score
    }


# The reference, the stub, and submissions in between


def test_the_reference_has_all_points(backprop, changed):
    record = backprop.evaluate(changed())

    assert (record.score, record.max_score) == (100.0, 100.0)
    assert scores(record) == FULL
    assert {check.status for check in checks(record)} == {"passed"}


def test_the_stub_has_no_points_and_is_told_to_be_one(backprop):
    assignment = backprop.assignment
    stub = read_submission(assignment.course / "assignments/backprop", assignment.manifest)

    record = backprop.evaluate(stub)

    assert (record.score, record.max_score) == (0.0, 100.0)
    assert {check.status for check in checks(record)} == {"error"}
    assert {check.public for check in checks(record)} == {"not implemented yet"}


def test_nothing_handed_in_has_no_points_and_says_which_file_is_missing(backprop, tmp_path):
    record = backprop.evaluate(read_submission(tmp_path, backprop.assignment.manifest))

    assert record.score == 0.0
    assert {check.public for check in checks(record, "bce")} == {"losses.py was not handed in"}


@pytest.mark.parametrize(
    ("file", "replacements"),
    [
        (
            "activations.py",
            [
                ("return 0.5 * (np.tanh(0.5 * x) + 1.0)", "return 1 / (1 + np.exp(-x))"),
                ("return np.maximum(x, 0.0)", "return x * (x > 0)"),
                ("return grad * y * (1.0 - y)", "grad *= y - y * y\n        return grad"),
            ],
        ),
        ("losses.py", [("1e-12", "1e-7")]),
        ("losses.py", [("1e-12", "1e-15")]),
        (
            "layers.py",
            [
                ("np.zeros((1, num_of_neurons))", "np.zeros(num_of_neurons)"),
                ("grad.sum(axis=0, keepdims=True)", "np.ones(len(grad)) @ grad"),
                ("np.sqrt(2.0 / num_of_features)", "1.0"),
            ],
        ),
    ],
    ids=["textbook activations", "clipped at 1e-7", "clipped at 1e-15", "flat bias"],
)
def test_naive_formulas_that_are_right_keep_all_points(backprop, changed, file, replacements):
    assert backprop.evaluate(changed(file, *replacements)).score == 100.0


@pytest.mark.parametrize(
    ("old", "new"),
    [("def backward(", "def backwards("), ("class ReLU:", "raise KeyboardInterrupt\nclass ReLU:")],
)
def test_a_part_that_cannot_be_put_into_a_network_costs_its_own_exercises_only(
    backprop, changed, old, new
):
    record = backprop.evaluate(changed("activations.py", (old, new)))

    scores = {exercise.name: exercise.score for exercise in record.exercises}
    assert (scores["bce"], scores["layer_forward"], scores["layer_backward"]) == (20, 10, 25)


def test_a_syntax_error_costs_the_exercises_of_its_file_only(backprop, changed):
    record = backprop.evaluate(changed("losses.py", ("import numpy as np", "import numpy as")))

    assert lost(record) == {"bce": 20.0, "accuracy": 15.0}
    assert {check.public for check in checks(record, "bce")} == {
        (
            "losses.py cannot be loaded: SyntaxError in line 7: invalid syntax\n"
            "What it usually means: Python cannot read the file; look at this line and the one above it"
        )
    }


def test_a_table_that_names_a_missing_class_costs_that_class_only(backprop, changed):
    record = backprop.evaluate(changed("activations.py", ("class Sigmoid", "class Sigmoyd")))

    assert lost(record) == {"sigmoid": 15.0, "accuracy": 15.0}
    for name in ("sigmoid", "accuracy"):
        assert {check.public for check in checks(record, name)} == {
            "activations.py has no class Sigmoid; did you mean Sigmoyd?"
        }


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("def forward", "def forwrad", "class ReLU has no method forward; did you mean forwrad?"),
        ("def forward", "def __call__", "class ReLU has no method forward; did you mean __call__?"),
        (
            "import numpy as np",
            "import numpy as np; get_ipython()",
            (
                "activations.py cannot be loaded: NameError in line 8: "
                "name 'get_ipython' is not defined"
            ),
        ),
    ],
)
def test_what_is_missing_has_the_same_words_in_every_exercise(backprop, changed, old, new, told):
    record = backprop.evaluate(changed("activations.py", (old, new)))

    failed = [check for check in checks(record, "relu") if check.status != "passed"]
    assert {check.public for check in [*failed, *checks(record, "accuracy")]} == {told}


@pytest.mark.parametrize("signature", ["self, x, training", "self, x, *, training=None"])
def test_a_forward_that_declares_training_has_all_points(backprop, changed, signature):
    record = backprop.evaluate(changed("activations.py", ("self, x):", f"{signature}):")))

    assert record.score == 100


@pytest.mark.parametrize(
    "replacements",
    [
        [("rng = np.random.default_rng() if", "raise ValueError\n        rng = 1 if")],
        [("return x @ self.weights + self.bias", "return None")],
        [("return x @ self.weights + self.bias", "raise ValueError")],
        [("np.zeros((1, num_of_neurons))", "None"), ("return x @", "return x * 7 @")],
        [("self.bias = np.zeros", "self.biases = np.zeros")],
        [("(num_of_features, num_of_neurons))", "(num_of_neurons, num_of_features))")],
        [
            ("(num_of_features, num_of_neurons))", "(num_of_neurons, num_of_features))"),
            ("x @ self.weights +", "x @ self.weights.T +"),
            ("x.T @ grad", "grad.T @ x"),
            ("grad @ self.weights.T", "grad @ self.weights"),
        ],
    ],
)
def test_a_wrong_start_or_forward_does_not_cost_backward(backprop, changed, replacements):
    record = backprop.evaluate(changed("layers.py", *replacements))

    assert scores(record)["layer_forward"] < 10.0
    assert scores(record)["layer_backward"] == 25.0


def test_writing_to_an_input_costs_its_own_check_only(backprop, changed):
    in_place = ("return np.maximum(x, 0.0)", "x[x < 0] = 0\n        return x")

    record = backprop.evaluate(changed("activations.py", in_place))

    assert lost(record) == {"relu": 1.0}
    (check,) = [check for check in checks(record, "relu") if check.status != "passed"]
    assert (check.title, check.kind) == ("forward leaves its input alone", "purity")
    assert check.misconception == "input-overwritten"
    assert "Came: x = [[0.]] after the call" in check.public


@pytest.mark.parametrize(
    ("right", "in_place", "exercise"),
    [
        ("return grad * (x > 0)", "y[y > 0] = 1\n        return grad * y", "relu"),
        ("return grad * y * (1.0 - y)", "y *= 1 - y\n        return grad * y", "sigmoid"),
    ],
)
def test_writing_to_the_output_costs_its_own_check_only(
    backprop, changed, right, in_place, exercise
):
    record = backprop.evaluate(changed("activations.py", (right, in_place)))

    assert lost(record) == {exercise: 1.0}
    (check,) = [check for check in checks(record, exercise) if check.status != "passed"]
    assert (check.title, check.misconception) == (
        "backward leaves x and y alone",
        "output-overwritten",
    )


def test_a_file_that_is_long_is_graded_like_any_other(tiny, hand_in):
    one = "class One:\n    forward = lambda s, x: x + 1\n    backward = lambda s, *a: a[0]\n"

    record = tiny.evaluate(hand_in(one=one + "# a long comment\n" * 15_000))

    assert record.score == 7.5


# Submissions that cheat

PATCHES = {
    "numpy.testing": "import numpy.testing as t\nt.assert_allclose = t.assert_array_equal = lambda *a, **k: None",
    "np.allclose": "np.allclose = np.isclose = np.array_equal = lambda *a, **k: True",
    "CheckFailed": "import builtins; builtins.AssertionError = builtins.Exception = type('E', (), {})",
    "Network": "import kit.network as n\nn.Network.backward = lambda s, g: [{} for _ in s.steps]",
    "Network with values": (
        "import kit.network as n\nn.Network.forward = lambda s, x, **k: np.zeros((len(x), 1))\n"
        "n.Network.backward = lambda s, g: [{k: np.zeros(np.shape(v)) for k, v in vars(p).items()}"
        " for p in s.steps]"
    ),
    "Trainer": "import kit.trainer as t\nt.Trainer.accuracy = lambda *a: 1.0",
    "bench": "import kit.bench as b\nb.plain = lambda *a: 1.0\nb.Bench.call = lambda *a: (1.0, ())",
    "worker": "import kit.grading.worker as w\nw.answer = lambda *a: ('answer', None)",
    "wire": "import kit.grading.wire as w\nw.send = lambda c, n, v, *a: c.sendall(b'passed' * 9)",
    "wire.receive": "import kit.grading.wire as w\nw.receive = lambda *a, **k: (0, ('passed',))",
    "answers for all": (
        "class Any(np.ndarray):\n"
        "    __eq__ = __ne__ = __lt__ = __gt__ = lambda s, o: True\n"
        "    __array_ufunc__ = __array_function__ = lambda *a, **k: True\n"
        "class Yes:\n"
        "    def __init__(self, *a): self.weights = self.bias = np.zeros((4, 3)).view(Any)\n"
        "    forward = backward = lambda s, *a: np.zeros((4, 3)).view(Any)\n"
        "ReLU = Sigmoid = BinaryCrossEntropy = Neural_layer = Yes"
    ),
}


@pytest.mark.parametrize("patch", PATCHES.values(), ids=PATCHES)
def test_patching_what_judges_earns_nothing(backprop, patch):
    source = f"import numpy as np\n{patch}\n".encode()
    names = backprop.assignment.manifest.files
    stub = backprop.assignment.course / "assignments" / "backprop"
    cheat = Submission("eve", {name: (stub / name).read_bytes() + source for name in names})

    record = backprop.evaluate(cheat)

    assert record.score == 0.0


def test_patching_what_judges_does_not_help_the_next_submission(tiny, hand_in):
    wrong = "class Two:\n  def forward(self, x): return x"
    poison = "import numpy as np\nnp.allclose = lambda *a: True\nnp.add = None\n" + wrong

    tiny.evaluate(hand_in(two=poison))

    assert lost(tiny.evaluate(hand_in(two=wrong))) == {"two": 4.0}


# Submissions that run away


@pytest.fixture(scope="module")
def loose(tiny_course, tmp_path_factory):
    """An evaluator of the tiny assignment that limits resources and refuses no system call."""
    course = tiny_course(tmp_path_factory.mktemp("loose"))
    with Evaluator(Assignment.load(course, "tiny"), sandbox="L1") as evaluator:
        yield evaluator


DIE = "class One:\n  def backward(self, grad, x, y): return grad\n  def forward(self, x):\n    "
RUNAWAYS = {
    "a loop": (DIE + "while True: pass", "timeout", r"0\.6 s of CPU time in One\.forward"),
    "a sleep": (
        DIE + "import time; time.sleep(60)",
        "timeout",
        r"2 s without an answer in One\.forward",
    ),
    "an exit": (DIE + "import os; os._exit(3)", "error", "ended in One.forward: exit code 3"),
    "a crash": (DIE + "import ctypes; ctypes.string_at(0)", "error", "killed by SIGSEGV"),
    "a kill": (DIE + "import os; os.kill(os.getpid(), 9)", "error", "PermissionError"),
    "an abort": (DIE + "import os; os.abort()", "error", "killed by SIG"),
    "sys.exit": (DIE + "import sys; sys.exit(0)", "error", "SystemExit"),
    "an interrupt": (DIE + "raise KeyboardInterrupt", "error", "KeyboardInterrupt"),
    "memory": (DIE + "return bytearray(10**10)", "error", "MemoryError"),
    "an answer too large": (
        DIE + "import numpy; return numpy.broadcast_to(x[:1, :1], (3 * 10**6, 3))",
        "error",
        "are too many for an answer",
    ),
    "a number too long": (DIE + "return 10**9999", "error", "a value that cannot be sent"),
    "recursion": (DIE + "return self.forward(x)", "error", "RecursionError"),
    "print for ever": (DIE + "while True: print('x' * 10**6)", "timeout", "of CPU time"),
    "no connection": (DIE + "import os; os.closerange(0, 64)", "error", "its process ended"),
    "noise on the connection": (
        DIE + "import os\n    for each in range(3, 9):\n      try: os.write(each, b'passed' * 9)\n"
        "      except OSError: pass",
        "error",
        "broke the protocol: not a frame",
    ),
    "a mute error": (
        "class Mute(Exception):\n  def __str__(self): exit()\n" + DIE + "raise Mute",
        "error",
        "message could not be read",
    ),
}


@pytest.mark.parametrize(("source", "status", "cause"), RUNAWAYS.values(), ids=RUNAWAYS)
def test_a_call_that_runs_away_costs_its_own_checks_and_says_why(
    tiny, hand_in, source, status, cause
):
    record = tiny.evaluate(hand_in(one=source))

    forward, purity, backward = checks(record, "one")
    assert (forward.status, purity.points) == (status, 0.0)
    assert re.search(cause, forward.message)
    assert lost(record) == {"one": 3.0 if backward.points else 3.5}
    assert tiny.evaluate(hand_in()).score == 7.5


@pytest.mark.parametrize(("name", "cause"), [("a kill", "SIGKILL"), ("an abort", "SIGABRT")])
def test_a_signal_that_is_not_refused_is_told_by_its_name(loose, hand_in, name, cause):
    record = loose.evaluate(hand_in(one=RUNAWAYS[name][0]))

    assert checks(record, "one")[0].status == "error"
    assert f"killed by {cause}" in checks(record, "one")[0].message
    assert lost(record) == {"one": 3.5}
    assert loose.evaluate(hand_in()).score == 7.5


@pytest.mark.parametrize(
    ("source", "cause"),
    [
        ("while True: pass", r"0\.6 s of CPU time in loading one.py"),
        ("import os; os._exit(0)", "its process ended in One.forward: exit code 0"),
        ("import sys; sys.exit('bye')", "one.py cannot be loaded: SystemExit in line 1: bye"),
        ("def f(): f()\nf()", "RecursionError"),
        ("x = ' ' * 10**10", "MemoryError"),
    ],
)
def test_a_file_that_runs_away_while_it_is_loaded_costs_its_exercise_and_no_other(
    tiny, hand_in, source, cause
):
    record = tiny.evaluate(hand_in(one=source))

    assert lost(record) == {"one": 3.5}
    assert re.search(cause, checks(record, "one")[0].message)
    assert tiny.evaluate(hand_in()).score == 7.5


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("while True: pass", "stopped after 0.6 s of CPU time in One.forward (one.py, line 4)"),
        ("import os; os._exit(171)", "its process ended in One.forward"),
        (
            "import ctypes; ctypes.string_at(0)",
            "its process ended in One.forward: killed by SIGSEGV (one.py, line 4)",
        ),
        ("return self.forward(x)", "your code calls itself too often in one.py, line 4"),
        (
            "import torch",
            (
                "grading offers NumPy and most of the standard library; "
                "remove the import in one.py, line 4"
            ),
        ),
        (
            "open('numbers.txt')",
            (
                "your code raised PermissionError in one.py, line 4; a submission reaches no file, "
                "process or network"
            ),
        ),
    ],
)
def test_a_student_reads_what_ran_away_and_on_which_line(tiny, hand_in, body, told):
    record = tiny.evaluate(hand_in(one=DIE + body))

    assert checks(record, "one")[0].public == told


def test_an_instructor_reads_what_was_asked_and_printed_before_it_ended(tiny, hand_in):
    record = tiny.evaluate(hand_in(one=DIE + "print('so far')\n    while True: pass"))

    message = checks(record, "one")[0].message
    assert re.search(r"^Asked: One\.forward\(\[\[", message, re.MULTILINE)
    assert re.search(r"^Printed: so far$", message, re.MULTILINE)


def test_a_worker_that_dies_costs_its_check_and_not_the_exercise(tiny, hand_in):
    dying = """
        import os
        class One:
            def forward(self, x):
                return x + 1
            def backward(self, grad, x, y):
                os._exit(9)
    """

    record = tiny.evaluate(hand_in(one=dying))

    assert [check.status for check in checks(record, "one")] == ["passed", "passed", "error"]
    assert lost(record) == {"one": 0.5}


def test_a_dead_worker_is_replaced_for_the_next_check(tiny, hand_in):
    dying = """
        import os
        class One:
            def forward(self, x):
                os._exit(9) if x[0, 0] > x[1, 1] else None
                return x + 1
            def backward(self, grad, x, y):
                return grad
    """

    seen = set()
    for number in range(40):  # each has a seed of its own
        record = tiny.evaluate(hand_in(one=dying + f"        # {number}"))
        seen.add(tuple(check.status for check in checks(record, "one")))
        if {("error", "passed", "passed"), ("passed", "error", "passed")} <= seen:
            break

    assert {("error", "passed", "passed"), ("passed", "error", "passed")} <= seen


def test_after_two_deaths_the_rest_of_an_exercise_is_not_run(tiny, hand_in):
    record = tiny.evaluate(hand_in(one=DIE + "import os; os._exit(1)"))

    last = checks(record, "one")[2]
    assert (last.status, last.points) == ("error", 0.0)
    assert last.public == "not run: 2 processes had to be ended"


def test_a_flood_of_output_costs_nothing(tiny, hand_in):
    loud = """
        import os, sys
        class Two:
            def forward(self, x):
                print("x" * 10**7)
                sys.stderr.write("y" * 10**6)
                os.write(1, b"z" * 10**6)
                return 2 * x
    """

    assert tiny.evaluate(hand_in(two=loud)).score == 7.5


RESTLESS = """
    import threading
    class Two:
        def forward(self, x):
            threading.Thread(target=lambda: [None for _ in iter(int, 1)]).start()
            return 2 * x
"""


def test_a_thread_cannot_be_started_and_costs_its_own_checks(tiny, hand_in):
    record = tiny.evaluate(hand_in(two=RESTLESS))

    (check,) = checks(record, "two")
    assert check.status == "error"
    assert "Came: your code raised RuntimeError: can't start new thread (two.py" in check.public
    assert "can't start new thread" in check.message
    assert lost(record) == {"two": 4.0}
    assert tiny.evaluate(hand_in()).score == 7.5


def test_a_thread_that_is_left_behind_costs_nothing_to_the_next(
    loose, hand_in, children, alive, gone
):
    record = loose.evaluate(hand_in(two=RESTLESS))
    (zygote,) = children(loose._lane.number)

    assert lost(record) == {}
    assert loose.evaluate(hand_in()).score == 7.5
    assert gone(children(zygote))
    assert alive(zygote)


# Records


def test_two_evaluations_give_the_same_record_but_for_the_seconds(tiny, backprop, hand_in, changed):
    wrong = hand_in(one=DIE + "return x", two="raise ValueError('x')")
    for evaluator, submission in [(tiny, wrong), (backprop, changed("losses.py", ("-np", "np")))]:
        first, second = (evaluator.evaluate(submission).to_json() for _ in range(2))

        assert first.pop("seconds") >= 0
        assert second.pop("seconds") >= 0
        assert first == second


def test_the_seed_depends_on_what_was_handed_in_and_not_on_who_did(tiny, hand_in):
    wrong = {"one": DIE + "return x"}
    ada, bob = (tiny.evaluate(hand_in(name, **wrong)) for name in ("ada", "bob"))
    other = tiny.evaluate(hand_in(one=wrong["one"] + "  # mine"))

    assert ada.seed == bob.seed != other.seed
    assert ada.submission["sha256"] == bob.submission["sha256"]
    assert ada.exercises == bob.exercises
    assert checks(ada, "one")[0].message != checks(other, "one")[0].message


def test_a_record_has_the_documented_fields_and_survives_json(tiny, hand_in):
    record = tiny.evaluate(hand_in("björk", one=DIE + "return x")).to_json()

    assert json.loads(json.dumps(record)) == record
    assert list(record) == [
        *("schema", "assignment", "submission", "score", "max_score", "exercises"),
        *("suite", "seed", "sandbox", "versions", "seconds"),
    ]
    assert (record["schema"], record["assignment"]) == ("kit/record/1", "tiny")
    assert (record["score"], record["max_score"]) == (4.5, 7.5)
    assert record["submission"]["name"] == "björk"
    assert re.fullmatch("[0-9a-f]{64}", record["submission"]["sha256"])
    assert all(re.fullmatch("sha256:[0-9a-f]{64}", record[key]) for key in ("suite", "seed"))
    assert set(record["sandbox"]) == {"level", "broken"}
    assert set(record["versions"]) == {"kit", "numpy", "python"}
    assert [exercise["name"] for exercise in record["exercises"]] == ["one", "two"]
    assert list(record["exercises"][0]) == ["name", "title", "score", "max_score", "checks"]
    assert set(record["exercises"][0]["checks"][0]) == {
        *("id", "title", "points", "max_points", "status", "kind", "message", "public"),
        "misconception",
    }
    assert record["exercises"][0]["checks"][0]["id"] == "test_tiny.py::test_forward_adds_one"


def test_a_message_says_what_was_asked_what_came_and_what_was_expected(tiny, hand_in):
    check = checks(tiny.evaluate(hand_in(one=DIE + "return x")), "one")[0]

    words = [line.partition(":")[0] for line in check.message.splitlines()]
    assert words == ["Asked", "Smallest input that shows it", "Came", "Expected"]
    assert NUMBER.search(check.message)
    assert check.public.splitlines()[:4] == [
        "Asked: One.forward(x) (one.py, line 4)",
        "Smallest input that shows it: x = [[-0.5]]",
        "Came: [[-0.5]]",
        "Expected: [[0.5]]",
    ]


LEAKS = {
    "a message": "raise ValueError(repr(x.tolist()))",
    "an error that looks like ours": (
        "raise type('FileError', (Exception,), {})(repr(x.tolist()))"
    ),
    "a class named after it": "raise type(repr(x.tolist())[:70], (Exception,), {})",
    "a PartError with a file": (
        "import kit.errors; raise kit.errors.PartError('ValueError', '', repr(x.tolist()), 7)"
    ),
    "a PartError with a line": (
        "import kit.errors\n"
        "    raise kit.errors.PartError('ValueError', '', 'one.py', int(abs(x[0, 0]) * 1e9) + 99)"
    ),
    "a syntax error with a line": (
        "raise SyntaxError('s', ('one.py', int(abs(x[0, 0]) * 1e9) + 99, 0, ''))"
    ),
    "a key error": "raise KeyError(x.tolist())",
    "a result": "return x",
    "what it has seen before": (
        "import builtins\n"
        "    seen = vars(builtins).setdefault('seen', [])\n"
        "    seen.append(x + 0)\n"
        "    return seen[0]"
    ),
    "a text": "return repr(x.tolist())",
    "a type": "return type(repr(x.tolist())[:70], (), {})()",
    "an exit code": "import os; os._exit(int(abs(x[0, 0]) * 1e9) % 256)",
    "a frame that is too large": (
        "import os, struct\n    for each in range(3, 9):\n"
        "      try: os.write(each, struct.pack('<4sQIQ', b'kit1', 0, 0, int(abs(x[0, 0]) * 1e18)))\n"
        "      except OSError: pass"
    ),
}


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS)
def test_what_a_student_reads_does_not_depend_on_a_hidden_input(tiny, hand_in, leak):
    """A comment more is another submission, with other hidden inputs."""
    found = [
        checks(tiny.evaluate(hand_in(one=f"{DIE}{leak}\n# {seed}\n")), "one")[0]
        for seed in range(2)
    ]

    assert {check.status for check in found} <= {"failed", "error"}
    assert found[0].public == found[1].public != ""


def test_what_the_instructor_reads_does_nothing_to_a_terminal(tiny, hand_in):
    check = checks(tiny.evaluate(hand_in(one=DIE + "raise ValueError('\\x1b[2J\\ud800\\r')")))[0]

    assert check.message.startswith(r"ValueError: \x1b[2J\ud800\r (one.py, line 4)")


# The suite


@pytest.fixture
def own_course(tiny_course, tmp_path):
    return tiny_course(tmp_path)


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_points_of_an_exercise_are_the_sum_of_its_tests(tiny, own_course):
    assert tiny.points == {"one": 3.5, "two": 4.0}
    record = evaluate_reference(Assignment.load(own_course, "tiny"))
    assert points_of(record) == {"one": 3.5, "two": 4.0}


def test_an_edited_suite_is_picked_up_by_the_next_evaluator(own_course, hand_in):
    hidden = own_course / "tests/hidden/tiny/test_tiny.py"
    manifest = own_course / "solutions/tiny/assignment.toml"
    lazy = hand_in(two="import time\nclass Two:\n  def forward(self, x):\n    time.sleep(0.3)\n    return 2 * x")  # fmt: skip

    with Evaluator(Assignment.load(own_course, "tiny")) as evaluator:
        before = evaluator.evaluate(lazy)
        edit(hidden, "points(4", "points(40")
        unmoved = evaluator.evaluate(lazy)
    dearer = evaluate(lazy, Assignment.load(own_course, "tiny"))
    edit(manifest, "wall_seconds = 2", "wall_seconds = 0.1")
    edit(manifest, '"Double"', '"Twice"')
    slower = evaluate(lazy, Assignment.load(own_course, "tiny"))

    assert (before.score, unmoved.score, dearer.score) == (7.5, 7.5, 43.5)
    assert unmoved.suite == before.suite
    assert (slower.score, slower.exercises[1].title) == (3.5, "Twice")
    assert "0.1 s without an answer" in checks(slower, "two")[0].message
    assert len({record.suite for record in (before, dearer, slower)}) == 3


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        (
            "test",
            '@pytest.mark.points(4, kind="value")\n',
            "",
            "test_forward_doubles has no points",
        ),
        ("test", 'points(4, kind="value")', "points(4)", "test_forward_doubles: points are told"),
        ("test", 'points(4, kind="value")', 'points(kind="v")', "doubles: points are told"),
        ("test", "points(4", 'points("4"', "test_forward_doubles: points are told"),
        ("test", "points(4", "points(-4", "test_forward_doubles: points are told"),
        ("test", 'exercise("two")', 'exercise("too")', "'too': no such exercise"),
        ("test", '@pytest.mark.exercise("two")\n', "", "is not marked with pytest.mark.exercise"),
        ("test", "import pytest", "import pytest\n1 +", "SyntaxError"),
        ("test", "import pytest", "import pytset", "No module named 'pytset'"),
        (
            "test",
            "import pytest",
            "import pytest\npytest.skip('x', allow_module_level=True)",
            "the exercise 'one' has no hidden test",
        ),
        ("conftest", "", "1 / 0", "ZeroDivisionError"),
        ("toml", "call_seconds", "seconds", "no limit is called 'seconds'"),
        ("toml", "wall_seconds = 2", "wall_seconds = 0", "wall_seconds is a number above 0"),
        ("toml", "wall_seconds = 2", "wall_seconds = 'a'", "wall_seconds is a number above 0"),
    ],
)
@pytest.mark.filterwarnings("error")
def test_a_broken_suite_is_told_and_never_a_score(own_course, file, old, new, reason):
    hidden = own_course / "tests/hidden/tiny"
    path = {
        "test": hidden / "test_tiny.py",
        "conftest": hidden / "conftest.py",
        "toml": own_course / "solutions/tiny/assignment.toml",
    }[file]
    path.touch()
    edit(path, old, new)

    with pytest.raises(KitError, match=re.escape(reason)) as caught:
        Evaluator(Assignment.load(own_course, "tiny"))

    assert isinstance(caught.value, UsageError | GradingError)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("y = student.make", "y = stdent.make", "NameError: name 'stdent' is not defined"),
        ("(student, rng)", "(student, rgn)", "FixtureLookupError"),
    ],
)
def test_a_hidden_test_that_is_broken_gives_no_score(own_course, hand_in, old, new, reason):
    edit(own_course / "tests/hidden/tiny/test_tiny.py", old, new)

    with (
        Evaluator(Assignment.load(own_course, "tiny")) as evaluator,
        pytest.raises(GradingError, match=f"the hidden test .* is broken: {reason}"),
    ):
        evaluator.evaluate(hand_in())


def test_options_that_somebody_has_set_for_their_own_tests_do_not_choose_ours(
    own_course, hand_in, monkeypatch
):
    monkeypatch.setenv("PYTEST_ADDOPTS", "-k doubles --maxfail=1")
    monkeypatch.setenv("PYTEST_PLUGINS", "no_such_plugin")
    (own_course / "pytest.ini").write_text("[pytest]\naddopts = -k doubles", encoding="utf-8")

    record = evaluate(hand_in(), Assignment.load(own_course, "tiny"))

    assert (record.score, record.max_score) == (7.5, 7.5)


def test_the_digest_covers_tests_manifest_and_solution_and_not_the_place(
    own_course, tiny_course, tmp_path
):
    names = ["tests/hidden/tiny/test_tiny.py", "solutions/tiny/assignment.toml"]
    names += ["solutions/tiny/one.py"]
    digests = [Assignment.load(tiny_course(tmp_path / "elsewhere"), "tiny").digest()]
    digests += [Assignment.load(own_course, "tiny").digest()]
    for name in names:
        more = "\ncheck_seconds = 7" if name.endswith("toml") else "\n# more"
        (own_course / name).write_text((own_course / name).read_text() + more)
        digests.append(Assignment.load(own_course, "tiny").digest())
    (own_course / "solutions/tiny/notes.pyc").write_bytes(b"cache")
    digests.append(Assignment.load(own_course, "tiny").digest())

    assert digests[0] == digests[1]
    assert len(set(digests[1:-1])) == 4
    assert digests[-1] == digests[-2]


# The processes


def test_a_zygote_that_has_died_is_replaced(tiny, hand_in, children, gone):
    tiny.evaluate(hand_in())
    (zygote,) = children(tiny._lane.number)

    os.kill(zygote, signal.SIGKILL)

    assert gone([zygote])
    assert tiny.evaluate(hand_in()).score == 7.5


VANDAL = "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nwhile True: pass"


def test_a_submission_cannot_kill_the_process_above_it_and_is_graded(tiny, hand_in, children):
    tiny.evaluate(hand_in())
    before = children(tiny._lane.number)

    record = tiny.evaluate(hand_in(one=VANDAL))

    assert lost(record) == {"one": 3.5}
    told, _, _ = checks(record, "one")[0].message.partition("\n")
    assert told == (
        "one.py cannot be loaded: PermissionError in line 2: [Errno 1] Operation not permitted; "
        "a submission reaches no file, process or network"
    )
    assert children(tiny._lane.number) == before
    assert tiny.evaluate(hand_in()).score == 7.5


def test_a_submission_that_kills_the_process_above_it_is_not_graded_and_the_next_are(
    own_course, hand_in, children, gone
):
    """Only where nothing is refused: root's workers are nobody from L1 on."""
    with Evaluator(Assignment.load(own_course, "tiny"), sandbox="L0") as naked:
        with pytest.raises(GradingError, match="no worker could be started"):
            naked.evaluate(hand_in(one=VANDAL))

        assert [naked.evaluate(hand_in()).score for _ in range(2)] == [7.5, 7.5]
        (zygote,) = children(naked._lane.number)
        assert gone(children(zygote))


@pytest.mark.parametrize("level", ["tiny", "loose"])
def test_a_worker_does_not_outlive_the_process_that_started_it(
    request, level, hand_in, children, gone
):
    evaluator = request.getfixturevalue(level)
    evaluator.evaluate(hand_in())
    (zygote,) = children(evaluator._lane.number)
    seen = []

    def look():
        while not seen:
            seen.extend(children(zygote))
        os.kill(zygote, signal.SIGKILL)

    watcher = threading.Thread(target=look)
    watcher.start()
    with pytest.raises(GradingError):
        evaluator.evaluate(hand_in(one="import time; time.sleep(0.9)\nwhile True: pass"))
    watcher.join()

    assert seen
    assert gone(seen)
    assert evaluator.evaluate(hand_in()).score == 7.5


def test_a_suite_process_that_has_died_costs_one_attempt_and_no_score(tiny, hand_in):
    os.kill(tiny._lane.number, signal.SIGKILL)

    with pytest.raises(GradingError, match="the suite process failed"):
        tiny.evaluate(hand_in())

    assert tiny.evaluate(hand_in()).score == 7.5


def test_a_suite_process_that_dies_on_the_way_costs_one_attempt_and_no_score(tiny, hand_in):
    later = threading.Timer(0.3, os.kill, [tiny._lane.number, signal.SIGKILL])

    later.start()
    with pytest.raises(GradingError, match="the suite process failed"):
        tiny.evaluate(hand_in(two="import time; time.sleep(0.9)"))
    later.join()

    assert tiny.evaluate(hand_in()).score == 7.5


def test_nothing_is_left_behind_when_an_evaluator_is_closed(own_course, hand_in, children, alive):
    with Evaluator(Assignment.load(own_course, "tiny")) as evaluator:
        evaluator.evaluate(hand_in())
        suite = evaluator._lane.number
        (zygote,) = children(suite)

    assert not alive(suite)
    assert not alive(zygote)


def test_a_submission_cannot_be_told_from_another_by_its_process(tiny, hand_in):
    curious = dedent("""
        import os, sys
        class Two:
            def forward(self, x):
                told = [os.environ.get("HOME"), os.environ.get("PATH"), os.getcwd(), *sys.argv[1:]]
                seen = [name for name in sys.modules if name in ("pytest", "kit.grading.suite")]
                if seen or told[:3] != [None, None, "/"] or "tiny" in str(told):
                    raise ValueError(f"{told} {seen}")
                return 2 * x
    """)

    assert lost(tiny.evaluate(hand_in(two=curious))) == {}
