"""Hidden tests of the exercise BinaryCrossEntropy: 20 points.

Exact values are asked for between 0.02 and 0.98 only: clipping at 1e-7 and at 1e-15 are both
right, and differ beyond.
"""

import numpy as np
import pytest

from kit.testing.closeness import (
    CheckFailed,
    as_number,
    assert_close,
    assert_number,
    assert_unchanged,
    show,
)
from kit.testing.parts import answers

pytestmark = pytest.mark.exercise("bce")

FORWARD = "bce.forward(y_true, y_pred)"
BACKWARD = "bce.backward(y_true, y_pred)"


def batches(rng):
    """Draw batches of many sizes, each followed by one of the same size and the same first row."""
    for samples in (1, 2, 7, 130):
        y_true, y_pred = batch(rng, samples)
        yield y_true, y_pred
        yield np.vstack([y_true[:1], 1 - y_true[1:]]), np.vstack([y_pred[:1], y_pred[:0:-1]])


def batch(rng, samples):
    labels = rng.permutation(np.arange(samples) % 2).astype(float)[:, None]
    guesses = 0.02 + 0.96 * rng.random((samples, 1))
    if samples > 3:  # two are surely very wrong, so that the gradient is large
        labels[-2:], guesses[-2:] = [[1.0], [0.0]], [[0.03], [0.97]]
    return labels, guesses


def expected(y_true, y_pred):
    return -np.mean(np.where(y_true == 1, np.log(y_pred), np.log(1 - y_pred)))


def slope(y_true, y_pred):
    return np.where(y_true == 1, -1 / y_pred, 1 / (1 - y_pred)) / len(y_true)


def losses(bce, pairs, **more):
    return answers([bce.question("forward", *pair, **more) for pair in pairs])


def gradients(bce, pairs, **more):
    """Return backward's answers, each right after forward as in training, whatever comes of that."""
    return answers([bce.question("backward", *pair, first=pair, **more) for pair in pairs])


def backward(bce, y_true, y_pred):
    return next(gradients(bce, [(y_true, y_pred)]))


@pytest.mark.points(5, kind="value")
def test_forward_is_the_mean_cross_entropy(bce, rng):
    pairs = list(batches(rng))

    for (y_true, y_pred), loss in zip(pairs, losses(bce, pairs), strict=True):
        given = {"y_true": y_true, "y_pred": y_pred}
        assert_number(loss, expected(y_true, y_pred), asked=FORWARD, given=given)


@pytest.mark.points(1, kind="value")
def test_forward_of_a_batch_given_twice_is_the_same(bce, rng):
    y_true, y_pred = batch(rng, 7)

    doubled = (np.vstack([y_true, y_true]), np.vstack([y_pred, y_pred]))
    once, twice = losses(bce, [(y_true, y_pred), doubled])

    assert_number(once, expected(y_true, y_pred), asked=FORWARD)
    assert_number(twice, expected(y_true, y_pred), asked=FORWARD, given="the same batch twice")


@pytest.mark.points(3, kind="stability")
def test_forward_is_finite_and_sensible_at_zero_and_one(bce):
    cases = [(1.0, 0.0, 5, 1000), (0.0, 1.0, 5, 1000), (1.0, 1.0, -1e-3, 1e-3)]
    cases += [(0.0, 0.0, -1e-3, 1e-3), (1.0, 1e-4, 9.0, 9.4), (0.0, 1 - 1e-4, 9.0, 9.4)]
    pairs = [(np.full((2, 1), label), np.full((2, 1), guess)) for label, guess, _, _ in cases]

    for (y_true, y_pred), came, (*_, low, high) in zip(
        pairs, losses(bce, pairs), cases, strict=True
    ):
        loss = as_number(came, FORWARD)
        if not low <= loss <= high:
            given = {"y_true": y_true, "y_pred": y_pred}
            raise CheckFailed(FORWARD, given=given, came=show(loss), expected=f"{low} to {high}")


@pytest.mark.points(6, kind="gradient")
def test_backward_is_the_slope_of_the_mean_loss(bce, rng):
    pairs = list(batches(rng))

    for (y_true, y_pred), gradient in zip(pairs, gradients(bce, pairs), strict=True):
        given = {"y_true": y_true, "y_pred": y_pred}
        assert_close(gradient, slope(y_true, y_pred), asked=BACKWARD, given=given)


@pytest.mark.points(2, kind="stability")
def test_backward_is_finite_and_points_the_right_way_at_zero_and_one(bce):
    y_true = np.array([[1.0], [0.0], [1.0], [0.0], [1.0], [0.0]])
    y_pred = np.array([[0.0], [1.0], [1.0], [0.0], [1e-4], [1 - 1e-4]])

    gradient = backward(bce, y_true, y_pred)

    given = {"y_true": y_true, "y_pred": y_pred}
    assert_close(gradient, np.nan_to_num(gradient), asked=BACKWARD, given=given)
    wrong = gradient[:2] * [[-1.0], [1.0]] <= 0
    if wrong.any() or not np.isfinite(gradient).all():
        expected_words = "finite; negative for y_true = 1, positive for y_true = 0"
        raise CheckFailed(BACKWARD, given=given, came=show(gradient), expected=expected_words)
    steep = np.array([[-1e4], [1e4]]) / len(y_true)
    assert_close(gradient[4:], steep, asked=BACKWARD, given=given, rtol=0.15)


@pytest.mark.points(1, kind="state")
def test_every_batch_and_every_loss_is_a_new_one(student, bce, rng):
    other, first, last, elsewhere = (batch(rng, samples) for samples in (5, 7, 7, 3))

    questions = [bce.question("forward", *other)]  # a batch that no backward follows
    for pair in (first, last):
        second = student.make("loss:bce")
        questions += [bce.question("forward", *pair), second.question("forward", *elsewhere)]
        questions += [bce.question("backward", *pair)]

    _, *found = answers(questions)
    for pair, loss, gradient in zip((first, last), found[::3], found[2::3], strict=True):
        assert_number(loss, expected(*pair), asked=FORWARD, given="a second batch")
        assert_close(gradient, slope(*pair), asked=BACKWARD, given="two losses, two batches")


@pytest.mark.points(1, kind="purity")
def test_forward_leaves_labels_and_predictions_alone(bce, rng):
    y_true, y_pred = batch(rng, 6)
    y_true[:] = [[1.0], [0.0], [1.0], [1.0], [1.0], [0.0]]
    y_pred[:2] = [[0.0], [1.0]]

    edge, inner = (y_true, y_pred), (y_true[2:], y_pred[2:])
    found = [as_number(loss, FORWARD) for loss in losses(bce, [edge, inner, edge], echoed=True)]

    assert_number(found[1], expected(*inner), asked=FORWARD)
    assert_close(found[0], np.nan_to_num(found[0], posinf=0.0), asked=FORWARD)
    assert_unchanged(bce.echo[0], y_true, asked=FORWARD, name="y_true")
    assert_unchanged(bce.echo[1], y_pred, asked=FORWARD, name="y_pred")


@pytest.mark.points(1, kind="purity")
def test_backward_leaves_labels_and_predictions_alone(bce, rng):
    y_true, y_pred = batch(rng, 6)
    edge = y_pred.copy()
    edge[:2] = [[0.0], [1.0]]

    gradient, _ = gradients(bce, [(y_true, y_pred), (y_true, edge)], echoed=True)

    assert_close(gradient, slope(y_true, y_pred), asked=BACKWARD)
    assert_unchanged(bce.echo[0], y_true, asked=BACKWARD, name="y_true")
    assert_unchanged(bce.echo[1], edge, asked=BACKWARD, name="y_pred")
