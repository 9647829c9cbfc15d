"""Hidden tests of the exercise BinaryCrossEntropy: 20 points.

Exact values are asked for between 0.02 and 0.98 only: clipping at 1e-7 and at 1e-15 are both
right, and differ beyond.
"""

import numpy as np
import pytest

from kit.testing.batches import look_alike_guesses
from kit.testing.closeness import (
    CheckFailed,
    as_number,
    assert_close,
    assert_number,
    assert_unchanged,
    show,
)
from kit.testing.parts import answers
from kit.testing.precision import a_little_more, assert_moves
from kit.values import InMemory

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


def a_step_apart(rng):
    """Draw a batch of predictions that float32 holds, and the same a small step farther off.

    None is near 0 or 1, where a small step of the prediction is a large one of the slope.
    """
    y_true, _ = batch(rng, 8)
    y_pred = (0.3 + 0.3 * rng.random(y_true.shape)).astype(np.float32).astype(float)
    step = a_little_more(y_pred) - y_pred
    return [(y_true, y_pred), (y_true, np.where(y_true == 1, y_pred - step, y_pred + step))]


def out_of_a_table(pairs):
    """Return pairs to hand over, every second one as columns of a table, beside other numbers."""
    return [
        tuple(InMemory(each, "strided") for each in pair) if number % 2 else pair
        for number, pair in enumerate(pairs)
    ]


def delicate(rng):
    """Draw batches that show a write, and whether their losses are sharp: not so at 0 and 1."""
    for samples in (40, 1):
        y_true, y_pred = batch(rng, samples)
        yield True, (1 - y_true, y_pred)
    y_true, y_pred = batch(rng, 8)
    y_true[:4] = [[1.0], [0.0], [1.0], [0.0]]
    y_pred[:6] = [[0.0], [1.0], [1e-10], [1 - 1e-10], [1e-4], [0.5]]
    yield False, (y_true, y_pred)


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
    pairs = [*batches(rng), *a_step_apart(rng)]

    found = list(losses(bce, out_of_a_table(pairs)))
    for (y_true, y_pred), loss in zip(pairs, found, strict=True):
        given = {"y_true": y_true, "y_pred": y_pred}
        assert_number(loss, expected(y_true, y_pred), asked=FORWARD, given=given)
    came = [as_number(loss, FORWARD) for loss in found[-2:]]
    assert_moves(came, [expected(*pair) for pair in pairs[-2:]], asked=FORWARD)


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
    pairs = [*batches(rng), *a_step_apart(rng)]

    found = list(gradients(bce, out_of_a_table(pairs)))
    for (y_true, y_pred), gradient in zip(pairs, found, strict=True):
        given = {"y_true": y_true, "y_pred": y_pred}
        assert_close(gradient, slope(y_true, y_pred), asked=BACKWARD, given=given)
    assert_moves(found[-2:], [slope(*pair) for pair in pairs[-2:]], asked=BACKWARD)


@pytest.mark.points(2, kind="stability")
def test_backward_is_finite_and_points_the_right_way_at_zero_and_one(bce):
    y_true = np.array([[1.0], [0.0], [1.0], [0.0], [1.0], [0.0]])
    y_pred = np.array([[0.0], [1.0], [1.0], [0.0], [1e-4], [1 - 1e-4]])

    gradient = backward(bce, y_true, y_pred)

    given = {"y_true": y_true, "y_pred": y_pred}
    expected_words = "finite; negative for y_true = 1, positive for y_true = 0"
    if not isinstance(gradient, np.ndarray):
        raise CheckFailed(BACKWARD, given=given, came=show(gradient), expected=expected_words)
    assert_close(gradient, np.nan_to_num(gradient), asked=BACKWARD, given=given)
    wrong = gradient[:2] * [[-1.0], [1.0]] <= 0
    if wrong.any() or not np.isfinite(gradient).all():
        raise CheckFailed(BACKWARD, given=given, came=show(gradient), expected=expected_words)
    steep = np.array([[-1e4], [1e4]]) / len(y_true)
    assert_close(gradient[4:], steep, asked=BACKWARD, given=given, rtol=0.15)


@pytest.mark.points(1, kind="state")
def test_every_batch_and_every_loss_is_a_new_one(student, bce, rng):
    other, first, last, elsewhere = (batch(rng, samples) for samples in (5, 7, 7, 7))

    questions = [bce.question("forward", *other)]  # a batch that no backward follows
    for pair in (first, last):
        second = student.make("loss:bce")
        questions += [bce.question("forward", *pair), second.question("forward", *elsewhere)]
        questions += [bce.question("backward", *pair)]

    small, large = look_alike_guesses(rng, 8), look_alike_guesses(rng, 1100)
    alike = [*small, *large[:2]]
    handed = [*(tuple(map(InMemory, pair, "CC", (1, 2))) for pair in small), *large[:2]]
    for pair in handed:
        questions += [bce.question(method, *pair) for method in ("forward", "backward")]

    _, *found = answers(questions)
    for pair, loss, gradient in zip((first, last), found[:6:3], found[2:6:3], strict=True):
        assert_number(loss, expected(*pair), asked=FORWARD, given="a second batch")
        assert_close(gradient, slope(*pair), asked=BACKWARD, given="two losses, two batches")
    for pair, loss, gradient in zip(alike, found[6::2], found[7::2], strict=True):
        assert_number(loss, expected(*pair), asked=FORWARD, given="a batch like the one before")
        assert_close(gradient, slope(*pair), asked=BACKWARD, given="a batch like the one before")


@pytest.mark.points(1, kind="purity")
def test_forward_leaves_labels_and_predictions_alone(bce, rng):
    sharp, pairs = zip(*delicate(rng), strict=True)

    found = losses(bce, pairs, echoed=True)
    for is_sharp, (y_true, y_pred), came in zip(sharp, pairs, found, strict=True):
        loss = as_number(came, FORWARD)
        right = expected(y_true, y_pred) if is_sharp else np.nan_to_num(loss, posinf=0.0)
        assert_number(loss, right, asked=FORWARD)
        assert_unchanged(bce.echo[0], y_true, asked=FORWARD, name="y_true")
        assert_unchanged(bce.echo[1], y_pred, asked=FORWARD, name="y_pred")


@pytest.mark.points(1, kind="purity")
def test_backward_leaves_labels_and_predictions_alone(bce, rng):
    sharp, pairs = zip(*delicate(rng), strict=True)

    found = gradients(bce, pairs, echoed=True)
    for is_sharp, (y_true, y_pred), gradient in zip(sharp, pairs, found, strict=True):
        if is_sharp:
            assert_close(gradient, slope(y_true, y_pred), asked=BACKWARD)
        assert_unchanged(bce.echo[0], y_true, asked=BACKWARD, name="y_true")
        assert_unchanged(bce.echo[1], y_pred, asked=BACKWARD, name="y_pred")
