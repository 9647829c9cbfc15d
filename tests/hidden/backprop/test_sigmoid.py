"""Hidden tests of the exercise Sigmoid: 15 points. Naive formulas keep all of them."""

import numpy as np
import pytest

from kit.testing.batches import all_sizes
from kit.testing.closeness import assert_close

pytestmark = pytest.mark.exercise("sigmoid")

FORWARD = "sigmoid.forward(x)"
BACKWARD = "sigmoid.backward(grad, x, sigmoid.forward(x))"


def expected(x):
    return 0.5 * (1 + np.tanh(0.5 * x))


def slope(x):
    return expected(x) * expected(-x)


@pytest.mark.points(3, kind="value")
def test_forward_squeezes_numbers_between_zero_and_one(sigmoid, check_values, rng):
    shapes = [(4, 3), (1, 1), (130, 17), (1, 6), (3, 1), (4, 4)]
    xs = [4 * rng.standard_normal(shape) for shape in shapes]
    xs.append(np.ceil(np.abs(xs[0])))  # whole numbers, and none below zero

    check_values(sigmoid, xs, expected, FORWARD)


@pytest.mark.points(2, kind="stability")
def test_forward_is_finite_and_right_far_from_zero(sigmoid):
    x = np.array([[-1000.0, 1000.0, -40.0], [40.0, -710.0, 710.0], [0.0, -12.0, 12.0]])

    y = sigmoid.forward(x)

    assert_close(y, expected(x), asked=FORWARD, given={"x": x})


@pytest.mark.points(1, kind="purity")
def test_forward_leaves_its_input_alone(sigmoid, check_input_untouched, rng):
    xs = [*all_sizes(rng, 3)[1:], all_sizes(rng, 1)[0], np.array([[-800.0, 800.0, -60.0, 60.0]])]

    check_input_untouched(sigmoid, xs, expected, FORWARD)


@pytest.mark.points(5, kind="gradient")
def test_backward_multiplies_the_incoming_gradient_by_the_slope(sigmoid, check_slopes, rng):
    xs = [2 * rng.standard_normal(shape) for shape in [(6, 4), (2, 1), (1, 5), (130, 17), (4, 4)]]
    xs.append(np.ceil(np.abs(xs[0])))  # whole numbers, and none below zero
    grads = [50 * rng.standard_normal(x.shape) for x in xs]

    check_slopes(sigmoid, xs, grads, expected, slope, BACKWARD)


@pytest.mark.points(1, kind="stability")
def test_backward_is_flat_and_finite_far_from_zero(sigmoid, both, rng):
    x = np.array([[-1000.0, 1000.0, -40.0], [40.0, -710.0, 710.0]])
    grad = rng.standard_normal(x.shape)

    [(_, dx)] = both(sigmoid, [x], [grad])

    assert_close(dx, np.zeros(x.shape), asked=BACKWARD, given={"x": x}, atol=1e-6)


@pytest.mark.points(1, kind="purity")
def test_backward_leaves_x_and_y_alone(sigmoid, check_untouched, rng):
    nearly_zero = np.array([[-25.0, -30.0, 30.0]])  # is y, at the left
    xs = [*all_sizes(rng, 3)[1:], all_sizes(rng, 1)[0], nearly_zero]

    check_untouched(sigmoid, xs, slope, BACKWARD)


@pytest.mark.points(1, kind="state")
def test_every_batch_is_a_new_one(sigmoid, check_new_batches):
    check_new_batches(sigmoid, expected, slope, FORWARD, BACKWARD)


@pytest.mark.points(1, kind="state")
def test_two_objects_do_not_share_what_they_keep(student, turns, rng):
    first, second = student.make("activation:sigmoid"), student.make("activation:sigmoid")
    x, other = rng.standard_normal((4, 3)), rng.standard_normal((4, 3))
    grad = rng.standard_normal(x.shape)

    found = turns(first, second, x, other, grad)
    for batch, dx in zip((x, other), found, strict=True):
        words = {"asked": BACKWARD, "given": "two objects in one network"}
        assert_close(dx, grad * slope(batch), **words)
