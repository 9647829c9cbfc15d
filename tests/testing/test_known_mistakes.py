"""The public test of each exercise that its part shows no mistake, and what it is made of."""

from pathlib import Path

import numpy as np
import pytest

from kit.bench import Bench
from kit.data import moons
from kit.errors import PartError
from kit.manifest import read_manifest
from kit.testing import CheckFailed, MistakeFound, assert_no_known_mistake, layer_gradients
from kit.testing.accuracy import Training
from kit.testing.parts import Student

SOLUTION = Path(__file__).resolve().parents[2] / "solutions" / "backprop"
MANIFEST = read_manifest(SOLUTION)
PARTS = ["relu", "sigmoid", "bce", "layer_forward", "layer_backward"]


def student(exercise, old="", new=""):
    sources = {name: (SOLUTION / name).read_text(encoding="utf-8") for name in MANIFEST.files}
    assert any(old in text for text in sources.values())
    changed = {name: text.replace(old, new) if old else text for name, text in sources.items()}
    return Student(Bench(changed), MANIFEST.exercise(exercise))


@pytest.mark.parametrize("exercise", PARTS)
def test_a_right_part_shows_no_mistake(exercise):
    assert_no_known_mistake(student(exercise))


@pytest.mark.parametrize(
    ("exercise", "old", "new", "name"),
    [
        ("relu", "return np.maximum(x, 0.0)", "return np.clip(x, 0.0, 6.0)", "capped"),
        ("bce", "1e-12", "1e-2", "clip-too-wide"),
        (
            *("layer_backward", "return grad @ self.weights.T, gradients"),
            *("x[:] = grad @ self.weights.T; return x, gradients", "input-overwritten"),
        ),
        (
            *("layer_forward", "self.bias = np.zeros((1, num_of_neurons))"),
            *("self.bias = 0.01 * np.random.randn(1, num_of_neurons)", "rng-ignored"),
        ),
    ],
)
def test_a_mistake_that_a_worked_example_does_not_show_is_found(exercise, old, new, name):
    with pytest.raises(MistakeFound, match=f"kit explain {name}"):
        assert_no_known_mistake(student(exercise, old, new))


def test_what_a_part_raises_is_raised_as_it_came():
    with pytest.raises(PartError, match="mine") as caught:
        assert_no_known_mistake(
            student("relu", "return np.maximum(x, 0.0)", "raise KeyError('mine')")
        )

    assert caught.value.__notes__ == ["Asked: ReLU.forward([[-0.5]])"]


@pytest.mark.parametrize("old", ["return x @ self.weights + self.bias", "self.weights = rng"])
def test_a_wrong_forward_or_start_costs_nothing_where_backward_is_asked(old):
    wrong = student("layer_backward", old, f"raise KeyError; {old}")

    assert_no_known_mistake(wrong)
    assert layer_gradients(wrong, *given()).weights.tolist() == [[3.0, 6.0], [4.0, 8.0]]


def test_gradients_in_another_form_are_told_with_the_form():
    alone = student("layer_backward", "return grad @ self.weights.T, gradients", "return grad")

    with pytest.raises(CheckFailed, match=r"Came: one array alone, of shape \(1, 2\)"):
        layer_gradients(alone, *given())


def given():
    weights, bias = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[5.0, 6.0]])
    return np.array([[3.0, 4.0]]), np.array([[1.0, 2.0]]), weights, bias


def test_the_formulas_of_the_kit_judge_a_training_as_the_reference_does():
    reference = student("accuracy")
    rngs = (np.random.default_rng(5) for _ in range(2))
    by_reference, by_kit = (
        Training(reference, judge, moons, rng)
        for judge, rng in zip((reference, None), rngs, strict=True)
    )
    x, y, parameters = by_kit.x, by_kit.y, by_kit.network.parameters
    for size in (1.0, 30.0):  # the larger one saturates the sigmoid
        outputs, gradients = (
            [getattr(each.referee, name)(*arguments) for each in (by_reference, by_kit)]
            for name, arguments in (
                ("outputs", (x, size * parameters)),
                ("gradients", (x, y, size * parameters)),
            )
        )
        np.testing.assert_allclose(*outputs, atol=1e-12)
        np.testing.assert_allclose(*gradients, rtol=1e-6, atol=1e-9)
