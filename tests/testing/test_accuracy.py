"""The capstone: right parts learn, wrong ones do not, and the training stands on the test's side."""

import dataclasses

import numpy as np
import pytest

from kit.data import moons
from kit.errors import PartError
from kit.testing.accuracy import (
    RECIPE,
    TwoLayers,
    accuracy_after_training,
    assert_learns,
    train,
)
from kit.testing.closeness import CheckFailed

LAYER_BACKWARD = "return grad @ self.weights.T, gradients"


def trials(*results):
    """A trial that gives these results, and the list of those that have not been asked for."""
    left = list(results)
    return (lambda: left.pop(0)), left


@pytest.mark.parametrize(
    ("results", "left"),
    [((0.9, 0.9, 0.1), 1), ((0.1, 0.9, 0.9), 0), ((0.9, 0.1, 0.8), 0)],
)
def test_learning_is_decided_by_the_median_and_as_early_as_it_is_clear(results, left):
    trial, rest = trials(*results)

    assert_learns(trial, 0.8, "moons")

    assert len(rest) == left


@pytest.mark.parametrize(
    ("results", "left", "came"),
    [
        ((0.1, 0.2, 0.9), 1, "0.100, 0.200"),
        ((0.9, 0.2, 0.1), 0, "0.900, 0.200, 0.100"),
        ((np.nan, np.nan, 0.9), 1, "nan, nan"),
        ((0.7999, 0.7999, 0.9), 1, "0.800, 0.800"),
    ],
)
def test_not_learning_is_told_with_the_accuracies(results, left, came):
    trial, rest = trials(*results)

    with pytest.raises(CheckFailed) as caught:
        assert_learns(trial, 0.8, "moons")

    assert f"Came: accuracy {came}\n" in str(caught.value)
    assert "Expected: at least 0.8 in 2 of 3 trainings" in str(caught.value)
    assert len(rest) == left


def test_one_trial_may_be_enough():
    trial, rest = trials(0.9, 0.1)

    assert_learns(trial, 0.8, "moons", trials=1)

    assert rest == [0.1]


def test_what_a_part_raises_ends_the_trials():
    def trial():
        raise PartError("ValueError", "mine")

    with pytest.raises(PartError, match="mine"):
        assert_learns(trial, 0.8, "moons")


def test_right_parts_learn(solver, rng):
    assert accuracy_after_training(solver(), solver(), moons, rng) >= 0.95


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("return grad * (x > 0)", "return grad"),
        ("grad.sum(axis=0, keepdims=True)", "-grad.sum(axis=0, keepdims=True)"),
        (LAYER_BACKWARD, "return grad @ self.weights.T, {k: 0 * v for k, v in gradients.items()}"),
        ("* scale", "* 0"),
    ],
)
def test_wrong_parts_do_not_learn(solver, rng, old, new):
    assert accuracy_after_training(solver(old, new), solver(), moons, rng) < 0.95


def test_the_judge_predicts_and_not_the_student(solver, rng):
    """Parts that answer 1.0 for all after training gain nothing by it."""
    cheat = solver("return x @ self.weights + self.bias", "return 0 * (x @ self.weights) + 1")

    assert accuracy_after_training(cheat, solver(), moons, rng) < 0.95
    assert accuracy_after_training(solver(), cheat, moons, rng) == pytest.approx(0.5, abs=0.1)


def test_equal_dice_give_equal_accuracy(solver):
    first, second = (
        accuracy_after_training(solver(), solver(), moons, np.random.default_rng(3))
        for _ in range(2)
    )

    assert first == second


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            '"weights": x.T @ grad',
            '"weights": np.zeros((500, 500))',
            "Came: shape (500, 500)\nExpected: shape (2, 16)",
        ),
        (
            '"weights": x.T @ grad',
            '"weights": np.full(self.weights.shape, np.nan)',
            "Came: a number that is not finite",
        ),
        (
            '"weights": x.T @ grad',
            '"weights": (x.T @ grad).astype(complex)',
            "Expected: an array of numbers",
        ),
    ],
)
def test_a_gradient_that_is_none_is_refused(solver, rng, monkeypatch, old, new, words):
    student = solver(old, new)
    # The student's Network, in the student's process, checks shapes as well: it may be patched.
    monkeypatch.setattr("kit.network._check_shape", lambda *_: None)

    with pytest.raises(CheckFailed) as caught:
        accuracy_after_training(student, solver(), moons, rng)

    assert "of weights in training" in str(caught.value)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("np.zeros((1, num_of_neurons))", "np.zeros((256, num_of_neurons))", "shape (256, 16)"),
        ("np.zeros((1, num_of_neurons))", "np.zeros((num_of_neurons, 1))", "shape (16, 1)"),
        ("np.zeros((1, num_of_neurons))", "0.0", "Came: 0.0"),
        ("np.zeros((1, num_of_neurons))", "np.full(num_of_neurons, np.inf)", "not finite"),
        ("((num_of_features, num_of_neurons))", "((num_of_features, 500))", "shape (2, 500)"),
        ("((num_of_features, num_of_neurons))", "((num_of_neurons, num_of_features))", "(16, 2)"),
    ],
)
def test_a_start_value_of_another_shape_is_refused(solver, rng, old, new, words):
    with pytest.raises(CheckFailed) as caught:
        accuracy_after_training(solver(old, new), solver(), moons, rng)

    assert "the start value of" in str(caught.value)
    assert words in str(caught.value)


def test_a_flat_bias_is_a_bias(solver, rng):
    flat = solver(
        *("np.zeros((1, num_of_neurons))", "np.zeros(num_of_neurons)"),
        *("grad.sum(axis=0, keepdims=True)", "grad.sum(axis=0)"),
    )

    assert accuracy_after_training(flat, solver(), moons, rng) >= 0.95


def test_training_moves_the_parameters_and_asks_for_each_batch(solver, rng):
    x, y = moons(100, rng)
    network = TwoLayers(solver(), 2, 4, rng)
    before = [dict(step) for step in network.parameters]
    short = dataclasses.replace(RECIPE, epochs=2, batch_size=64)
    asked, original = [], network.gradients
    network.gradients = lambda x, y: asked.append(len(x)) or original(x, y)

    train(network, x, y, rng, short)

    assert asked == [64, 36, 64, 36]
    assert [set(step) for step in network.parameters] == [{"weights", "bias"}, set()] * 2
    for old, new in zip(before, network.parameters, strict=True):
        assert all((old[name] != new[name]).any() for name in old)
