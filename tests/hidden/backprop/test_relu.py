"""Hidden tests of the exercise ReLU: 15 points."""

import numpy as np
import pytest

from kit.testing.batches import all_sizes
from kit.testing.closeness import assert_close
from kit.testing.gradients import away_from_kinks

pytestmark = pytest.mark.exercise("relu")

FORWARD = "relu.forward(x)"
BACKWARD = "relu.backward(grad, x, relu.forward(x))"


def expected(x):
    return np.maximum(x, 0)


def slope(x):
    return (x > 0).astype(float)


def nearest(dx, grad):
    """Return what is right at zero, as near to an answer as it can be."""
    if not isinstance(dx, np.ndarray) or (dx.shape, dx.dtype) != (grad.shape, float):
        return grad
    return np.clip(dx, 0, grad)


def backward(relu, grad, x, both):
    [(_, dx)] = both(relu, [x], [grad])
    return dx


@pytest.mark.points(3, kind="value")
def test_forward_keeps_the_positive_and_zeroes_the_rest(relu, check_values, rng):
    shapes = [(4, 3), (1, 1), (130, 17), (1, 6), (3, 1), (4, 4)]
    xs = [3 * rng.standard_normal(shape) for shape in shapes]
    xs.append(np.ceil(np.abs(xs[0])))  # whole numbers, and none below zero

    check_values(relu, xs, expected, FORWARD)


@pytest.mark.points(1, kind="value")
def test_forward_and_backward_are_right_far_from_zero(relu, both, rng):
    x = np.array([[-1e6, 1e6, 30.0, -300.0], [7.5, 1e-3, -1e-3, 99.0]])
    grad = 50 * rng.standard_normal(x.shape)
    grad[0] = -np.abs(grad[0])

    [(y, dx)] = both(relu, [x], [grad])

    assert_close(y, np.maximum(x, 0), asked=FORWARD, given={"x": x})
    assert_close(dx, grad * (x > 0), asked=BACKWARD, given={"x": x})


@pytest.mark.points(1, kind="purity")
def test_forward_leaves_its_input_alone(relu, check_input_untouched, rng):
    xs = [*all_sizes(rng, 3)[1:], all_sizes(rng, 1)[0]]

    check_input_untouched(relu, xs, expected, FORWARD)


@pytest.mark.points(5, kind="gradient")
def test_backward_multiplies_the_incoming_gradient_by_the_slope(relu, check_slopes, rng):
    xs = [away_from_kinks(rng, shape) for shape in [(6, 4), (2, 1), (1, 5), (130, 17), (4, 4)]]
    xs.append(np.ceil(np.abs(xs[0])))  # whole numbers, and none below zero
    grads = [rng.standard_normal(x.shape) for x in xs]

    check_slopes(relu, xs, grads, expected, slope, BACKWARD)


@pytest.mark.points(1, kind="gradient")
def test_backward_at_zero_takes_a_slope_from_zero_to_one(relu, both, rng):
    x = np.zeros((3, 4))
    grad = 1 + rng.random(x.shape)

    dx = backward(relu, grad, x, both)

    assert_close(dx, nearest(dx, grad), asked=BACKWARD, given="x = 0")


@pytest.mark.points(1, kind="purity")
def test_backward_leaves_x_and_y_alone(relu, check_untouched, rng):
    xs = [*all_sizes(rng, 3)[1:], all_sizes(rng, 1)[0]]
    xs.append(np.array([[0.5, 0.05, -0.05]]))

    check_untouched(relu, xs, slope, BACKWARD)


@pytest.mark.points(2, kind="state")
def test_every_batch_is_a_new_one(relu, check_new_batches):
    check_new_batches(relu, expected, slope, FORWARD, BACKWARD)


@pytest.mark.points(1, kind="state")
def test_two_objects_do_not_share_what_they_keep(student, turns, rng):
    first, second = student.make("activation:relu"), student.make("activation:relu")
    x, other = away_from_kinks(rng, (4, 3)), away_from_kinks(rng, (4, 3))
    x[0] = [0.5, 0.05, -0.05]
    grad = 50 * rng.standard_normal(x.shape)
    grad[0] = -np.abs(grad[0])

    found = turns(first, second, x, other, grad)
    for batch, dx in zip((x, other), found, strict=True):
        words = {"asked": BACKWARD, "given": "two objects in one network"}
        assert_close(dx, grad * slope(batch), **words)
