"""The capstone: right parts learn, wrong ones do not, and the training stands on the test's side."""

import dataclasses

import numpy as np
import pytest

from kit.data import moons
from kit.errors import PartError
from kit.testing.accuracy import (
    RECIPE,
    Training,
    accuracies_after_training,
    assert_learns,
    train,
)
from kit.testing.closeness import CheckFailed

LAYER_BACKWARD = "return grad @ self.weights.T, gradients"
BAR = 0.95
SHORT = dataclasses.replace(RECIPE, points=100, neurons=4, rounds=1, batch_size=64)
NEVER = 1.1  # a bar that nobody reaches


def accuracy(student, judge, rng):
    """The accuracy of one training on moons."""
    (result,) = accuracies_after_training(student, judge, moons, BAR, [rng])
    return result


@pytest.fixture
def trainings(monkeypatch):
    """Let trainings give these results; return the list of those that have not been asked for."""

    def give(*results):
        left = list(results)
        monkeypatch.setattr(
            "kit.testing.accuracy.accuracies_after_training",
            lambda _student, _judge, _dataset, _bar, rngs: [left.pop(0) for _ in rngs],
        )
        return left

    return give


@pytest.mark.parametrize(
    ("results", "left"),
    [((0.9, 0.9, 0.1), 1), ((0.1, 0.9, 0.9), 0), ((0.9, 0.1, 0.8), 0)],
)
def test_learning_is_decided_by_the_median_and_as_early_as_it_is_clear(
    solver, rng, trainings, results, left
):
    rest = trainings(*results)

    assert_learns(solver(), solver(), moons, 0.8, rng)

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
def test_not_learning_is_told_with_the_accuracies(solver, rng, trainings, results, left, came):
    rest = trainings(*results)

    with pytest.raises(CheckFailed) as caught:
        assert_learns(solver(), solver(), moons, 0.8, rng)

    assert "on moons and predict" in str(caught.value)
    assert f"Came: accuracy {came}\n" in str(caught.value)
    assert "Expected: at least 0.8 in 2 of 3 trainings" in str(caught.value)
    assert len(rest) == left


def test_each_of_the_three_trainings_has_dice_of_its_own(solver, rng, monkeypatch):
    thrown = []

    def disagree(_student, _judge, _dataset, _bar, rngs):
        thrown.extend(rng.random() for rng in rngs)
        return [0.9, 0.1][: len(rngs)]

    monkeypatch.setattr("kit.testing.accuracy.accuracies_after_training", disagree)

    assert_learns(solver(), solver(), moons, 0.8, rng)

    assert len(set(thrown)) == len(thrown) == 3


def test_what_a_part_raises_ends_the_trainings(solver, rng, monkeypatch):
    asked, original = [], accuracies_after_training
    monkeypatch.setattr(
        "kit.testing.accuracy.accuracies_after_training",
        lambda *arguments: asked.append(arguments) or original(*arguments),
    )

    with pytest.raises(PartError, match="mine"):
        assert_learns(
            solver("return np.maximum(x, 0.0)", "raise ValueError('mine')"),
            *(solver(), moons, 0.8, rng),
        )

    assert len(asked) == 1


def test_right_parts_learn(solver, rng):
    assert accuracy(solver(), solver(), rng) >= BAR


WRONG_GRADIENTS = [
    ("return grad * (x > 0)", "return grad"),
    ("grad.sum(axis=0, keepdims=True)", "-grad.sum(axis=0, keepdims=True)"),
    (LAYER_BACKWARD, "return grad @ self.weights.T, {k: 0 * v for k, v in gradients.items()}"),
]


@pytest.mark.parametrize(("old", "new"), [*WRONG_GRADIENTS, ("* scale", "* 0")])
def test_wrong_parts_do_not_learn(solver, rng, old, new):
    """They judge themselves here, as at a student's desk."""
    wrong = solver(old, new)

    assert accuracy(wrong, wrong, rng) < BAR


@pytest.mark.parametrize("scale", ["* 0.001", "* 20", "* 0.2 + 1", "* 0.1 - 0.4"])
def test_the_size_and_the_mean_of_the_start_values_cost_no_accuracy(solver, rng, scale):
    """They cost points where the layer is looked at."""
    assert accuracy(solver("* scale", scale), solver(), rng) >= BAR


def test_equal_start_values_do_not_learn_whoever_judges(solver, rng):
    assert accuracy(solver("* scale", "* 0"), solver(), rng) < BAR


@pytest.mark.parametrize(
    ("old", "new"),
    [*WRONG_GRADIENTS, ("x.T @ grad", "x.T @ grad * 1.02"), ("len(y_true)", "(len(y_true) - 2)")],
)
def test_what_is_not_the_slope_of_the_loss_is_refused_by_the_judge(solver, rng, old, new):
    with pytest.raises(CheckFailed, match="something else than the slope of the loss"):
        accuracy(solver(old, new), solver(), rng)


def refused_steps(training, factor):
    """The steps of a round at which `factor` times the right gradients are refused."""
    refused = set()
    for number, step in enumerate(training.round()):
        right = training.referee.gradients(step.x, step.y, training.network.parameters)
        try:
            training.follow(step, factor * right)
        except CheckFailed:
            refused.add(number)
            training.follow(step, right)  # and so its size is known
    return refused


def test_the_judge_looks_at_some_steps_and_at_others_each_time(solver, rng):
    looked_at = [
        refused_steps(Training(solver(), solver(), moons, dice), 0.5) for dice in rng.spawn(20)
    ]

    assert all(len(steps) >= RECIPE.looks for steps in looked_at)
    assert set.union(*looked_at) == {0, 1, 2, 3}
    assert len(set(map(frozenset, looked_at))) > 1


def test_the_judge_looks_at_every_gradient_that_is_larger_than_those_seen(solver, rng):
    training = Training(solver(), solver(), moons, rng)

    assert refused_steps(training, 1e3) == {0, 1, 2, 3}


def test_a_training_ends_with_the_round_in_which_it_reaches_the_bar(solver, rng):
    judge = solver()
    easy, hard = (Training(solver(), judge, moons, each) for each in rng.spawn(2))
    hard.round, rounds = ended_by(hard, accuracies := [0.1, 0.2, 0.99])

    train(easy.network._bench, [easy], BAR)
    train(hard.network._bench, [hard], BAR)

    assert easy.accuracy >= BAR
    assert len(rounds) == len(accuracies) == 3


def ended_by(training, accuracies):
    """Return rounds without a step, which end with these accuracies, and a list of them."""
    rounds = []

    def round_():
        training.accuracy = accuracies[len(rounds)]
        rounds.append(training.accuracy)
        return iter(())

    return round_, rounds


def test_the_judge_predicts_and_not_the_student(solver, rng):
    student, judge = solver(), solver()

    def refuse(*_):
        raise AssertionError("the student was asked to predict")

    student.bench.outputs = refuse
    assert accuracy(student, judge, rng) >= BAR
    judge.bench.outputs = lambda _network, _parameters, x: np.ones((len(x), 1))
    assert accuracy(student, judge, rng) == pytest.approx(0.5, abs=0.1)


def test_parts_that_answer_for_all_gain_nothing_by_it(solver, rng):
    cheat = solver("return x @ self.weights + self.bias", "return 0 * (x @ self.weights) + 1")

    assert accuracy(cheat, cheat, rng) < BAR
    with pytest.raises(CheckFailed, match="something else than the slope of the loss"):
        accuracy(cheat, solver(), rng)


def test_networks_that_train_side_by_side_learn_what_each_learns_alone(solver):
    student = solver()
    dice = [np.random.default_rng(seed) for seed in (3, 4)]
    together = accuracies_after_training(student, solver(), moons, BAR, dice)
    alone = [accuracy(student, solver(), np.random.default_rng(seed)) for seed in (3, 4)]

    assert together == alone
    assert together[0] != together[1]


def test_equal_dice_give_equal_accuracy(solver):
    first, second = (accuracy(solver(), solver(), np.random.default_rng(3)) for _ in range(2))

    assert first == second


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            '"weights": x.T @ grad',
            '"weights": np.zeros((500, 500))',
            "Came: shape (500017,)\nExpected: shape (65,)",
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
    monkeypatch.setattr("kit.steps.check_shape", lambda *_: None)

    with pytest.raises(CheckFailed) as caught:
        accuracy(student, solver(), rng)

    assert "the gradients in training" in str(caught.value)
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
        accuracy(solver(old, new), solver(), rng)

    assert "the start value of" in str(caught.value)
    assert words in str(caught.value)


def test_a_flat_bias_is_a_bias(solver, rng):
    flat = solver(
        *("np.zeros((1, num_of_neurons))", "np.zeros(num_of_neurons)"),
        *("grad.sum(axis=0, keepdims=True)", "grad.sum(axis=0)"),
    )

    assert accuracy(flat, solver(), rng) >= BAR


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (None, "Came: None"),
        ("text", "Expected: an array of numbers"),
        ([0.0] * 17, "Expected: an array of numbers"),
        (np.zeros(17, dtype=bool), "Expected: an array of numbers"),
        (np.zeros((17, 1)), "Came: shape (17, 1)\nExpected: shape (17,)"),
        (np.float64(0.0), "Expected: an array of numbers"),
        (np.full(17, np.inf), "Came: a number that is not finite"),
    ],
)
def test_an_answer_that_no_network_gives_moves_nothing(solver, rng, answer, words):
    """A student's process may answer anything."""
    training = Training(solver(), solver(), moons, rng, SHORT)
    before = training.network.parameters.copy()

    with pytest.raises(CheckFailed) as caught:
        training.follow(next(training.round()), answer)

    assert words in str(caught.value)
    np.testing.assert_array_equal(training.network.parameters, before)


def test_training_moves_the_parameters_and_asks_for_each_batch(solver, rng):
    student = solver()
    training = Training(student, solver(), moons, rng, SHORT)
    before = training.network.parameters
    asked, original = [], student.bench.gradients
    student.bench.gradients = lambda questions: (
        asked.append([len(x) for _, _, x, _ in questions]) or original(questions)
    )

    train(student.bench, [training], NEVER, SHORT)

    weights, bias, more_weights, more_bias = np.split(before != training.network.parameters, [8, 12, 16])  # fmt: skip
    assert asked == [[64], [36], [64], [36]]
    assert [weights.any(), bias.any(), more_weights.any(), more_bias.any()] == [True] * 4
    assert (weights.size, bias.size, more_weights.size, more_bias.size) == (8, 4, 4, 1)


def test_networks_that_train_side_by_side_are_asked_for_in_one_question_a_step(solver, rng):
    student = solver()
    trainings = [Training(student, solver(), moons, each, SHORT) for each in rng.spawn(2)]
    asked, original = [], student.bench.gradients
    student.bench.gradients = lambda questions: (
        asked.append([handle for handle, *_ in questions]) or original(questions)
    )

    train(student.bench, trainings, NEVER, SHORT)

    assert asked == [[training.network.handle for training in trainings]] * 4


def test_parts_that_write_to_what_they_are_given_move_nothing_of_the_test(solver, rng):
    greedy = solver(
        *(LAYER_BACKWARD, f"self.weights -= 1; self.bias -= 1; x -= 1; {LAYER_BACKWARD}"),
        *("return float(-np.mean(", "y_true *= 0; return float(-np.mean("),
    )
    training = Training(greedy, solver(), moons, rng, SHORT)
    before = [np.copy(each) for each in (training.network.parameters, training.x, training.y)]

    greedy.bench.gradients([next(training.round()).question])

    for value, kept in zip(
        (training.network.parameters, training.x, training.y), before, strict=True
    ):
        np.testing.assert_array_equal(value, kept)
