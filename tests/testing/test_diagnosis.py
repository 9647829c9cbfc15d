"""A diagnosis: the smallest input first, then the slope of one's own forward, a name, a question."""

import tomllib
from importlib import resources
from pathlib import Path

import numpy as np
import pytest

from kit.bench import Bench
from kit.errors import PartDiedError, PartTimeoutError, UnknownNameError
from kit.manifest import Exercise, read_manifest
from kit.testing.diagnosis import Finding, choose, diagnose, explain
from kit.testing.diagnosis.asking import Answer, play
from kit.testing.diagnosis.catalogue import METHODS, misconceptions
from kit.testing.diagnosis.places import place_of
from kit.testing.parts import Student, local_student

ROOT = Path(__file__).resolve().parents[2]
SOLUTION = ROOT / "solutions" / "backprop"
MANIFEST = read_manifest(SOLUTION)
HEADS = ["slope", "of", "your", "forward", "dL/dx", "should", "be", "your", "backward"]
EXERCISES = [exercise.name for exercise in MANIFEST.exercises]


@pytest.fixture
def diagnosed():
    """Diagnose the solution of an exercise, some text of it replaced: old, new, old, new."""

    def make(exercise, *replacements):
        entry = MANIFEST.exercise(exercise)
        sources = {name: (SOLUTION / name).read_text(encoding="utf-8") for name in entry.files}
        for old, new in zip(replacements[::2], replacements[1::2], strict=True):
            assert any(old in text for text in sources.values())
            sources = {name: text.replace(old, new) for name, text in sources.items()}
        return diagnose(Student(Bench(sources), entry), entry, sources)

    return make


@pytest.fixture
def diagnosed_part():
    """Diagnose a part that the kit does not know, given the methods of its class."""

    def make(part, methods, reference=None):
        entry = Exercise("one", "One", {part: "p.py:P"})
        right = _student(reference, entry) if reference else None
        return diagnose(_student(methods, entry), entry, reference=right)

    return make


def _student(methods, entry):
    body = "".join(f"    {line}\n" for line in methods.strip().splitlines())
    return Student(Bench({"p.py": f"import numpy as np\nclass P:\n{body}"}), entry)


# What is right


@pytest.mark.parametrize("exercise", EXERCISES)
def test_nothing_is_found_in_the_solution(exercise):
    entry = MANIFEST.exercise(exercise)

    assert diagnose(local_student(SOLUTION, MANIFEST, entry), entry) == []


def test_a_naive_sigmoid_that_only_warns_is_left_in_peace(diagnosed):
    assert diagnosed("sigmoid", "0.5 * (np.tanh(0.5 * x) + 1.0)", "1 / (1 + np.exp(-x))") == []


def test_several_parts_at_once_are_not_diagnosed(diagnosed):
    assert diagnosed("accuracy", "grad * (x > 0)", "grad") == []


# The message


def test_a_wrong_slope_is_shown_by_one_number_and_held_against_its_own_forward(diagnosed):
    [finding] = diagnosed("relu", "grad * (x > 0)", "grad")
    lines = finding.text.splitlines()

    assert finding.method == "ReLU.backward"
    assert finding.kinds == ("gradient",)
    assert finding.misconception == "gradient-unchanged"
    assert lines[0] == "Asked: ReLU.backward(grad, x, y) (activations.py, line 29)"
    assert lines[1] == "Smallest input that shows it: x = [[-0.5]], grad = [[2.]]"
    assert lines[2] == "Came: [[2.]]"
    assert lines[3] == (
        "Expected: [[0.]]: the slope of YOUR forward there, measured with a tiny step, is 0.0000, "
        "and dL/dx is grad times the slope"
    )
    assert lines[5].split() == ["x", "grad", *HEADS]
    assert [line.split()[-1] for line in lines[6:8]] == ["disagree", "ok"]
    assert lines[-3].startswith("What it usually means: gradient-unchanged: equals the incoming")
    assert lines[-2].startswith("Ask yourself: Where forward cut the signal")
    assert lines[-1] == "More: kit explain gradient-unchanged"


def test_all_wrong_arrays_of_a_layer_are_told_at_once(diagnosed):
    [finding] = diagnosed("layer_backward", "x.T @ grad", "grad.T @ x", ", keepdims=True", "")

    assert finding.misconceptions == ("weights-gradient-transposed", "axis-lost")
    assert '"weights"  (2, 1)  like weights (1, 2)  <-- transposed' in finding.text
    assert '"bias"     (2,)    like bias    (1, 2)  <-- axis lost: keepdims=True?' in finding.text
    assert "dL/dx      (1, 1)  like x       (1, 1)  ok" in finding.text


def test_what_only_shows_with_two_samples_is_shown_with_two(diagnosed):
    [finding] = diagnosed("bce", " / len(y_true)", "")

    assert finding.misconception == "gradient-not-averaged"
    assert "y_true = [[1.], [0.]], y_pred = " in finding.text
    assert "slope of your forward   your backward" in finding.text


def test_a_mistake_that_nobody_knows_is_called_unknown(diagnosed):
    [finding] = diagnosed("relu", "grad * (x > 0)", "np.sin(grad) * (x > 0)")

    assert finding.misconception is None
    assert "\nCause unknown: " in finding.text
    assert "Ask yourself: How steep is ReLU left of zero" in finding.text
    assert "More" not in finding.text


def test_two_mistakes_that_give_the_same_numbers_are_not_named(diagnosed):
    [finding] = diagnosed("sigmoid", "0.5 * (np.tanh(0.5 * x) + 1.0)", "0 * x + 0.5")

    assert finding.misconception is None


def test_a_difference_too_small_to_be_printed_is_printed_all_the_same(diagnosed):
    finding, *_ = diagnosed("relu", "np.maximum(x, 0.0)", "np.round(np.maximum(x, 0.0), 4)")

    assert finding.misconception == "rounded"
    assert "x = [[0.12345]]\nCame: [[0.1234]]\nExpected: [[0.12345]]" in finding.text


def test_an_exception_is_told_with_its_text_and_its_line(diagnosed):
    [finding] = diagnosed("relu", "np.maximum(x, 0.0)", "int(f'x is {x}')")

    told = "invalid literal for int() with base 10: 'x is [[-0.5]]'"
    assert finding.came == f"your code raised ValueError: {told} (activations.py, line 23)"


def test_an_address_in_memory_is_left_out_of_a_text_for_it_is_another_one_each_time(diagnosed):
    [finding] = diagnosed("relu", "np.maximum(x, 0.0)", "int(f'{object()}')")

    assert "<object object at 0x...>" in finding.came


def test_an_exception_of_the_student_s_own_keeps_its_name_to_itself(diagnosed):
    [finding] = diagnosed(
        "relu", "return np.maximum(x, 0.0)", "raise type('Secret', (Exception,), {})()"
    )

    assert "Secret" not in finding.text
    assert "an exception of its own (activations.py, line 23)" in finding.text


def test_what_is_not_written_yet_is_called_so_and_has_no_name():
    folder = ROOT / "assignments" / "backprop"
    for name in EXERCISES[:-1]:
        entry = MANIFEST.exercise(name)
        for finding in diagnose(local_student(folder, MANIFEST, entry), entry):
            assert finding.misconception is None
            assert "this is not written yet" in finding.came
            assert "unknown" not in finding.text


def test_a_file_that_cannot_be_read_is_one_finding(diagnosed):
    [finding, *_] = diagnosed("bce", "import numpy as np", "import numpy as")

    assert finding.text.startswith(
        "losses.py cannot be loaded: SyntaxError in line 7: invalid syntax"
    )
    assert "look at this line and the one above it" in finding.text


# A part that the kit does not know


def test_an_unknown_activation_is_held_against_its_own_forward(diagnosed_part):
    [finding] = diagnosed_part(
        "activation:softsign",
        """
def forward(self, x):
    return x / (1 + abs(x))
def backward(self, grad, x, y):
    return grad * y
""",
    )

    assert finding.misconception is None
    assert "the slope of YOUR forward there" in finding.text


def test_an_unknown_activation_that_fits_is_left_in_peace(diagnosed_part):
    right = """
def forward(self, x):
    return x / (1 + abs(x))
def backward(self, grad, x, y):
    return grad / (1 + abs(x)) ** 2
"""

    assert diagnosed_part("activation:softsign", right) == []


def test_an_unknown_activation_may_mix_the_features(diagnosed_part):
    right = """
def forward(self, x):
    e = np.exp(x - x.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)
def backward(self, grad, x, y):
    return y * (grad - (grad * y).sum(1, keepdims=True))
"""

    assert diagnosed_part("activation:softmax", right) == []


def test_an_unknown_loss_is_held_against_its_own_forward(diagnosed_part):
    methods = """
def forward(self, y_true, y_pred):
    return np.mean((y_true - y_pred) ** 2)
def backward(self, y_true, y_pred):
    return 2 * (y_pred - y_true)FACTOR
"""

    assert diagnosed_part("loss:mse", methods.replace("FACTOR", " / len(y_true)")) == []
    [finding] = diagnosed_part("loss:mse", methods.replace("FACTOR", ""))
    assert finding.method == "P.backward"
    assert "the slope of YOUR forward" in finding.text


NEGATED = """
def forward(self, x):
    return -x / (1 + abs(x))
def backward(self, grad, x, y):
    return grad / (1 + abs(x)) ** 2
"""
SQUARED = """
def forward(self, y_true, y_pred):
    return np.sum((y_true - y_pred) ** 2)
def backward(self, y_true, y_pred):
    return 2 * (y_pred - y_true) / len(y_true)
"""


@pytest.mark.parametrize(
    ("part", "wrong", "right", "came"),
    [
        ("activation:softsign", NEGATED, NEGATED.replace("-x /", "x /"), "sign-flipped"),
        ("loss:mse", SQUARED, SQUARED.replace("np.sum", "np.mean"), "times-batch-size"),
    ],
)
def test_a_right_backward_is_not_blamed_for_a_wrong_forward(
    diagnosed_part, part, wrong, right, came
):
    [alone] = diagnosed_part(part, wrong)
    [beside_the_reference] = diagnosed_part(part, wrong, reference=right)

    assert alone.misconceptions == ()
    assert "one of the two is wrong, and either may be" in alone.text
    assert "Cause unknown" not in alone.text
    assert beside_the_reference.method == "P.forward"
    assert beside_the_reference.misconception == came


def test_a_wrong_backward_is_named_where_the_reference_says_what_is_right(diagnosed_part):
    right = NEGATED.replace("-x /", "x /")
    wrong = right.replace("return grad /", "return -grad /")

    [found] = diagnosed_part("activation:softsign", wrong, reference=right)

    assert (found.method, found.misconception) == ("P.backward", "gradient-negated")
    assert diagnosed_part("activation:softsign", right, reference=right) == []
    mean = SQUARED.replace("np.sum", "np.mean")
    assert diagnosed_part("loss:mse", mean, reference=mean) == []


def test_a_forward_is_diagnosed_where_the_reference_has_no_backward(diagnosed_part):
    right = "def forward(self, x):\n    return 2 * x"

    [found] = diagnosed_part("activation:two", right.replace("2 * x", "2 * x + 1"), right)

    assert (found.method, found.misconception) == ("P.forward", "constant-offset")
    assert diagnosed_part("activation:two", right, right) == []


@pytest.mark.parametrize("kind", ["optimizer:sgd", "layer:conv", "dataset:spiral"])
def test_other_parts_are_not_diagnosed(diagnosed_part, kind):
    assert diagnosed_part(kind, "pass") == []


# The choice


def finding(method, *kinds):
    return Finding(method, kinds, given="", came="", expected="")


def test_the_finding_of_the_same_kind_explains_a_failed_check():
    forward, backward = finding("A.forward", "value", "shape"), finding("A.backward", "gradient")

    assert choose([forward, backward], "gradient") is backward
    assert choose([forward, backward], "value") is forward


def test_a_wrong_forward_explains_what_follows_from_it():
    forward = finding("A.forward", "value", "shape")

    for kind in ("gradient", "stability", "purity", "state"):
        assert choose([forward], kind) is forward


def test_what_cannot_follow_is_not_explained():
    assert choose([finding("A.forward", "purity")], "stability", "backward") is not None
    assert choose([finding("A.forward", "stability")], "start") is None
    assert choose([finding("A.forward", "value")], "accuracy") is None
    assert choose([], "value") is None


def test_the_method_that_was_asked_goes_first():
    forward, backward = finding("A.forward", "purity"), finding("A.backward", "purity")

    assert choose([forward, backward], "purity", "backward") is backward
    assert choose([forward, backward], "purity") is forward


# The words


def test_every_misconception_has_words_and_they_are_short():
    for entry in misconceptions().values():
        assert len(entry.looks_like) <= 100, entry.name
        assert not entry.looks_like.endswith("."), entry.name
        assert entry.note.strip().endswith("."), entry.name
        assert 1 <= len(entry.note.strip().splitlines()) <= 8, entry.name
        assert len(entry.ask) <= 130, entry.name


def test_a_note_is_given_on_request():
    assert explain("fused-gradient").startswith("fused-gradient: equals p - y")
    assert "Ask yourself: " in explain("Fused-Gradient ")
    assert "the incoming gradient is handed on as it is" in explain("ReLU.backward")
    assert explain("BinaryCrossEntropy.forward").startswith("BinaryCrossEntropy.forward\n")


def test_a_note_that_is_not_there_is_told_with_those_that_are_near():
    with pytest.raises(UnknownNameError, match="did you mean fused-gradient"):
        explain("fused-gradiant")
    with pytest.raises(UnknownNameError, match=r"no note on 'zzz'$"):
        explain("zzz")


def test_the_notes_name_nothing_twice():
    folder = resources.files("kit.testing.diagnosis") / "notes"
    tables = [
        tomllib.loads(file.read_text(encoding="utf-8"))
        for file in folder.iterdir()
        if file.name.endswith(".toml") and file.name != METHODS
    ]

    assert sum(map(len, tables)) == len(misconceptions())


# Asking


class Deaf:
    """A bench that answers a few questions and then fails in some way."""

    def __init__(self, error):
        self.error = error

    def answers(self, questions):
        for number, _ in enumerate(questions):
            if number == 1:
                raise self.error
            yield np.zeros(1), [number]


class Question:
    def __init__(self, bench):
        self.words, self.part = ["call"], self
        self.bench, self.echo = bench, ()

    def __str__(self):
        return "ReLU.forward([[1.]])"


def test_a_part_that_never_answers_is_one_finding_of_all_kinds():
    entry = MANIFEST.exercise("relu")
    student = Student(Deaf(PartTimeoutError("Timeout", "stopped after 2 s", "a.py", 9)), entry)
    student.make = lambda *_: Asked(student.bench)

    [found] = diagnose(student, entry)

    assert found.came == "no answer in time (a.py, line 9)"
    assert {"value", "gradient", "state"} <= set(found.kinds)


def test_a_part_whose_process_ends_is_one_finding():
    entry = MANIFEST.exercise("relu")
    student = Student(Deaf(PartDiedError("WorkerDied", "killed by SIGSEGV")), entry)
    student.make = lambda *_: Asked(student.bench)

    [found] = diagnose(student, entry)

    assert found.came == "the process ended"


class Asked:
    """What a made part offers to a diagnosis, answered by a bench that fails."""

    def __init__(self, bench):
        self.bench = bench

    def question(self, *_, **__):
        return Question(self.bench)


def test_a_scene_that_fails_leaves_the_others_alone(part):
    def scene(x):
        asked = part("def forward(self, x):\n    return 1 / int(x.sum())")
        return [asked.question("forward", np.array([each])) for each in x]

    played = play([lambda: scene([1.0, 0.0, 2.0]), lambda: scene([4.0])])

    assert [[answer.error is None for answer in answers] for answers in played] == [
        [True, False, False],
        [True],
    ]
    assert played[1] == [Answer(0.25, played[1][0].echo)]


# Lines


def test_the_line_of_the_only_return_is_found():
    source = "class A:\n    def forward(self, x):\n        y = x\n        return y\n\nx = 1\n"

    assert place_of({"a.py": source}, "a.py:A", "forward") == "(a.py, line 4)"


def test_a_method_with_several_returns_is_found_by_its_head():
    source = (
        "class A:\n    def f(self, x):\n        if x:\n            return 1\n        return 2\n"
    )

    assert place_of({"a.py": source}, "a.py:A", "f") == "(a.py, line 2)"


@pytest.mark.parametrize("source", ["", "A = type('A', (), {})", "class A: pass\nclass A: pass"])
def test_a_method_that_is_not_there_has_no_line(source):
    assert place_of({"a.py": source}, "a.py:A", "forward") == ""
