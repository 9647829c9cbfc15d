"""Public tests of ReLU and Sigmoid. Hidden tests check the same contract on other inputs."""

import numpy as np
import pytest

from kit.testing import (
    assert_backward_fits_forward,
    assert_close,
    assert_elementwise,
    assert_no_known_mistake,
    assert_unchanged,
    away_from_kinks,
)

relu_exercise = pytest.mark.exercise("relu")
sigmoid_exercise = pytest.mark.exercise("sigmoid")

CHAIN = (
    "the chain rule: you are given dL/dy and owe dL/dx. Is the incoming gradient in your result? "
    "Is the slope taken at the right array?"
)
KEPT = "something is kept from an earlier call: what happens when forward is called again?"


@relu_exercise
def test_relu_forward_keeps_the_positive_and_zeroes_the_rest(relu):
    x = np.array([[-0.5, 2.0, 0.25], [1.5, -3.0, -8.0]])
    expected = np.array([[0.0, 2.0, 0.25], [1.5, 0.0, 0.0]])

    assert_elementwise(
        relu.forward_of("x"),
        {"x": x},
        expected,
        asked="relu.forward(x)",
        usually="np.max looks along an axis; another function compares two arrays, element by "
        "element. Every value counts, whatever its size and the shape of the batch",
    )


@relu_exercise
def test_relu_forward_leaves_its_input_alone(relu):
    x = np.array([[-1.0, 2.0], [3.0, -4.0]])

    relu.forward(x)

    assert_unchanged(relu.echo[0], x, asked="relu.forward(x)", name="x")


@relu_exercise
def test_relu_backward_is_the_gradient_times_the_slope(relu):
    x = np.array([[-0.5, 0.5, 2.0], [-3.0, 1.0, -1.0]])
    grad = np.array([[2.0, -1.5, 0.3], [0.7, 4.0, -0.2]])

    assert_backward_fits_forward(
        relu, x, grad, asked="relu.backward(grad, x, relu.forward(x))", usually=CHAIN
    )


@relu_exercise
def test_relu_backward_at_zero_takes_a_slope_from_zero_to_one(relu):
    x, grad = np.array([[0.0]]), np.array([[2.0]])

    dx = relu.backward(grad, x, relu.forward(x))

    assert_close(
        dx,
        np.clip(dx, 0.0, grad) if isinstance(dx, np.ndarray) else grad,
        asked="relu.backward(grad, x, relu.forward(x))",
        given="x = [[0.]], grad = [[2.]]",
        usually="any slope from 0 to 1 is right at the kink; nan is not",
    )


@relu_exercise
def test_relu_takes_a_new_batch_of_another_shape(relu, rng):
    for shape in [(4, 3), (2, 5)]:
        x, grad = away_from_kinks(rng, shape), rng.standard_normal(shape)

        assert_backward_fits_forward(
            relu, x, grad, asked="relu.backward(grad, x, relu.forward(x))", usually=KEPT
        )


@relu_exercise
def test_relu_shows_no_mistake_that_the_kit_knows(student):
    assert_no_known_mistake(student)


@sigmoid_exercise
def test_sigmoid_forward_gives_known_values(sigmoid):
    x = np.array([[0.0, 2.0], [-2.0, 1.0]])
    expected = np.array([[0.5, 0.8807970779778823], [0.11920292202211755, 0.7310585786300049]])

    assert_elementwise(
        sigmoid.forward_of("x"),
        {"x": x},
        expected,
        asked="sigmoid.forward(x)",
        usually="a lost minus, or brackets missing round the denominator. What should the value "
        "at x = 5 be near?",
    )


@sigmoid_exercise
def test_sigmoid_forward_is_finite_and_right_far_from_zero(sigmoid):
    x = np.array([[-800.0, 800.0]])
    expected = np.array([[0.0, 1.0]])

    assert_elementwise(
        sigmoid.forward_of("x"),
        {"x": x},
        expected,
        asked="sigmoid.forward(x)",
        usually="exp(800) is too large for a float, and inf / inf is not a number",
    )


@sigmoid_exercise
def test_sigmoid_forward_leaves_its_input_alone(sigmoid):
    x = np.array([[-1.0, 2.0], [700.0, -700.0]])

    sigmoid.forward(x)

    assert_unchanged(sigmoid.echo[0], x, asked="sigmoid.forward(x)", name="x")


@sigmoid_exercise
def test_sigmoid_backward_is_the_gradient_times_the_slope(sigmoid):
    x = np.array([[-1.0, 0.0, 2.0], [0.5, -3.0, 1.0]])
    grad = np.array([[1.0, -2.0, 0.5], [3.0, 0.4, -0.6]])

    assert_backward_fits_forward(
        sigmoid,
        x,
        grad,
        asked="sigmoid.backward(grad, x, sigmoid.forward(x))",
        usually=CHAIN + " The slope s * (1 - s): is s your x or your y?",
    )


@sigmoid_exercise
def test_sigmoid_takes_a_new_batch_of_another_shape(sigmoid, rng):
    for shape in [(4, 3), (2, 5)]:
        x, grad = rng.standard_normal(shape), rng.standard_normal(shape)

        assert_backward_fits_forward(
            sigmoid, x, grad, asked="sigmoid.backward(grad, x, sigmoid.forward(x))", usually=KEPT
        )


@sigmoid_exercise
def test_sigmoid_shows_no_mistake_that_the_kit_knows(student):
    assert_no_known_mistake(student)
