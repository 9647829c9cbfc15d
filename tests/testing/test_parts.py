"""Part and Student: what a test holds in its hands instead of a student's objects."""

from pathlib import Path

import numpy as np
import pytest

from kit.errors import PartError
from kit.manifest import read_manifest
from kit.testing.parts import PREVIOUS, answers, local_student
from kit.values import InMemory, Seed

SOLUTION = Path(__file__).resolve().parents[2] / "solutions" / "backprop"
X = np.array([[1.0, -2.0]])


def notes(action, *arguments):
    with pytest.raises(PartError) as caught:
        action(*arguments)
    return caught.value.__notes__


def test_a_part_gets_copies_and_the_test_keeps_its_arrays(part):
    greedy = part("def forward(self, x):\n    x[:] = 0\n    return x")
    x = X.copy()

    y = greedy.forward(x)

    np.testing.assert_array_equal(x, X)
    np.testing.assert_array_equal(y, np.zeros((1, 2)))


def test_an_echo_shows_the_arguments_after_the_last_call(part):
    greedy = part(
        "def forward(self, x):\n    x[:] = 0\n"
        "def backward(self, grad, x, y):\n    grad += 1\n    y *= 2"
    )
    assert greedy.echo == ()

    greedy.forward(X)
    (x,) = greedy.echo
    greedy.backward(X, X, X)

    np.testing.assert_array_equal(x, [[0.0, 0.0]])
    for after, expected in zip(greedy.echo, [X + 1, X, X * 2], strict=True):
        np.testing.assert_array_equal(after, expected)


def test_questions_that_travel_together_are_echoed_where_they_say_so(part):
    greedy = part("def forward(self, x):\n    x[:] = 0\n    return x")
    questions = [greedy.question("forward", X), greedy.question("forward", X, echoed=True)]
    echoes = [greedy.echo for _ in answers(questions)]

    assert echoes[0] == ()
    np.testing.assert_array_equal(echoes[1], [[[0.0, 0.0]]])


def test_what_comes_back_cannot_be_written_to(part):
    y = part("def forward(self, x): return x").forward(X)

    with pytest.raises(ValueError, match="read-only"):
        y[0, 0] = 7.0


def test_an_attribute_is_set_to_a_copy(part):
    keeper = part("def forward(self, x): self.kept += 1")
    kept = X.copy()

    keeper.set("kept", kept)
    keeper.forward(X)

    np.testing.assert_array_equal(kept, X)
    np.testing.assert_array_equal(keeper.get("kept"), X + 1)


def test_what_is_set_is_given_to_a_part_once(part):
    keeper = part("def forward(self, x): self.kept = self.kept + 1")
    keeper.set("kept", X)

    keeper.forward(X)
    keeper.forward(X)

    np.testing.assert_array_equal(keeper.get("kept"), X + 2)


ORDERS = {"C": (True, False), "F": (False, True), "strided": (False, False)}


@pytest.mark.parametrize("order", ORDERS)
def test_an_array_lies_in_memory_as_the_test_says(part, order):
    flags = "flags = arguments[0].flags\n    return flags.c_contiguous, flags.f_contiguous, arguments[0]"
    looker = part(f"def forward(self, *arguments):\n    {flags}")
    x = np.arange(6.0).reshape(2, 3)

    in_c, in_f, same = looker.forward(InMemory(x, order))

    assert (in_c, in_f) == ORDERS[order]
    np.testing.assert_array_equal(same, x)


def test_an_array_with_a_place_is_the_object_that_was_there_with_new_numbers(part):
    keeper = part(
        "seen = None\n"
        "def forward(self, x):\n    same, self.seen = x is self.seen, x\n    return same, x * 1"
    )
    places = [(X, 1), (X + 1, 1), (X, 2), (np.ones((3, 2)), 1), (np.ones((3, 2), int), 1)]

    questions = [keeper.question("forward", InMemory(x, place=place)) for x, place in places]
    found = list(answers(questions))

    assert [same for same, _ in found] == [False, True, False, False, False]
    for (x, _), (_, came) in zip(places, found, strict=True):
        np.testing.assert_array_equal(came, x)


def test_an_attribute_with_a_place_changes_in_place(part):
    keeper = part(
        "seen = None\n"
        "def forward(self):\n"
        "    same, self.seen = self.kept is self.seen, self.kept\n"
        "    return same, self.kept * 1"
    )
    questions = []
    for value in (X, X + 1):
        keeper.set("kept", InMemory(value, place=1))
        questions.append(keeper.question("forward"))

    (_, first), (is_same, second) = answers(questions)

    assert is_same
    np.testing.assert_array_equal([first, second], [X, X + 1])


def test_an_earlier_answer_can_lie_in_memory_too(part):
    same = part(
        "def forward(self, x): return 2 * x\ndef backward(self, y): return y.strides, y * 1"
    )
    turned = InMemory(PREVIOUS, "strided")

    _, (strides, y) = answers([same.question("forward", X), same.question("backward", turned)])

    assert strides == (32, 16)
    np.testing.assert_array_equal(y, 2 * X)


def test_an_array_in_memory_is_shown_as_the_array_that_it_is(part):
    assert str(part("pass").question("forward", InMemory(X, "F"))) == "P.forward([[ 1., -2.]])"


def test_what_is_set_last_counts(part):
    keeper = part("kept = 0")
    keeper.set("kept", X)
    keeper.set("kept", X + 1)

    np.testing.assert_array_equal(keeper.get("kept"), X + 1)


def test_what_is_no_array_reaches_a_part_as_it_is(part):
    """A student may have returned it, and a test hands it on to `backward`."""
    same = part("def forward(self, x): return type(x).__name__, x")

    assert same.forward([[1.0, 2.0]]) == ("list", [[1.0, 2.0]])
    assert same.forward(7) == ("int", 7)


def test_an_error_is_told_with_the_call_that_was_asked_for(part):
    broken = part("def forward(self, x, y=None): raise ValueError('mine')")

    assert notes(broken.forward, X) == ["Asked: P.forward([[ 1., -2.]])"]
    assert notes(broken.forward, X, X) == ["Asked: P.forward([[ 1., -2.]], [[ 1., -2.]])"]


@pytest.fixture
def pupil(tmp_path):
    """The student of `layer_forward` with the files in a folder that a test fills."""
    manifest = read_manifest(SOLUTION)

    def make(**files):
        for name, text in files.items():
            (tmp_path / f"{name}.py").write_bytes(text.encode())
        return local_student(tmp_path, manifest, manifest.exercise("layer_forward"))

    return make


def test_a_part_that_cannot_be_made_is_told_with_its_arguments(pupil):
    student = pupil(layers="class Neural_layer:\n    def __init__(self, *_): raise ValueError")

    for dice in (student.generator(0), Seed(0)):
        told = notes(student.make, "layer:neural_layer", 2, 3, dice)

        assert told == ["Asked: Neural_layer(2, 3, rng)"]


def test_a_bare_part_is_made_where_its_init_fails(pupil):
    student = pupil(layers="class Neural_layer:\n    def __init__(self, *_): raise ValueError")

    layer = student.bare("layer:neural_layer")
    layer.set("weights", X)

    np.testing.assert_array_equal(layer.get("weights"), X)


def test_equal_seeds_are_equal_dice(pupil):
    student = pupil(layers=(SOLUTION / "layers.py").read_text())

    first, same, seed, other = (
        student.make("layer:neural_layer", 2, 3, dice).get("weights")
        for dice in (student.generator(1), student.generator(1), Seed(1), student.generator(2))
    )

    np.testing.assert_array_equal(first, same)
    np.testing.assert_array_equal(first, seed)
    assert (first != other).all()


def test_dice_that_two_parts_share_are_thrown_once(pupil):
    student = pupil(layers=(SOLUTION / "layers.py").read_text())
    dice = student.generator(1)

    first, second = (
        student.make("layer:neural_layer", 2, 3, dice).get("weights") for _ in range(2)
    )

    assert (first != second).all()


def test_a_file_that_is_missing_is_missed_when_a_part_of_it_is_made(pupil):
    with pytest.raises(PartError, match=r"layers\.py was not handed in"):
        pupil().make("layer:neural_layer", 2, 3)


def test_a_file_with_a_byte_order_mark_is_read(pupil):
    student = pupil(layers="\N{BYTE ORDER MARK}class Neural_layer: name = 'ö'")

    assert student.make("layer:neural_layer").get("name") == "ö"


def test_a_file_is_read_in_the_encoding_that_it_declares(tmp_path):
    manifest = read_manifest(SOLUTION)
    source = (
        "# coding: latin-1\nclass ReLU:\n    def forward(self, x):\n        return x * len('é')\n"
    )
    (tmp_path / "activations.py").write_bytes(source.encode("latin-1"))

    student = local_student(tmp_path, manifest, manifest.exercise("relu"))

    assert student.make("activation:relu").forward(np.array([[2.0]])) == [[2.0]]
