"""Public tests of BinaryCrossEntropy. Hidden tests check the same contract on other inputs."""

import numpy as np
import pytest

from kit.testing import (
    CheckFailed,
    assert_close,
    assert_no_known_mistake,
    assert_number,
    assert_unchanged,
    numerical_gradient,
)

pytestmark = pytest.mark.exercise("bce")

FORWARD = "bce.forward(y_true, y_pred)"
BACKWARD = "bce.backward(y_true, y_pred)"


def test_bce_of_a_pair_worked_by_hand(bce):
    y_true, y_pred = np.array([[1.0], [0.0]]), np.array([[0.9], [0.2]])

    loss = bce.forward(y_true, y_pred)

    assert_number(
        loss,
        0.164252033486018,  # (-ln 0.9 - ln 0.8) / 2
        asked=FORWARD,
        given="y_true = [[1.], [0.]], y_pred = [[0.9], [0.2]]",
        usually="a missing minus, a sum for a mean, one of the two terms only, or the arguments "
        "swapped: labels come first",
    )


def test_bce_of_one_sample(bce):
    loss = bce.forward(np.array([[0.0]]), np.array([[0.75]]))

    assert_number(
        loss,
        1.3862943611198906,  # -ln 0.25
        asked=FORWARD,
        given="y_true = [[0.]], y_pred = [[0.75]]",
        usually="the term for y_true = 0 is missing, or a logarithm to another base",
    )


def test_bce_is_finite_where_a_prediction_is_exactly_zero_or_one(bce):
    for label, prediction in [(1.0, 0.0), (0.0, 1.0), (1.0, 1.0)]:
        loss = bce.forward(np.array([[label]]), np.array([[prediction]]))

        if not isinstance(loss, int | float | np.ndarray) or not np.isfinite(loss).all():
            raise CheckFailed(
                FORWARD,
                given=f"y_true = [[{label}]], y_pred = [[{prediction}]]",
                came=str(loss),
                expected="a finite number",
                usually="log(0) is -inf, and a sigmoid of 40 is exactly 1.0 in a computer: keep "
                "predictions a tiny distance away from 0 and 1",
            )


def test_bce_backward_is_the_slope_of_your_forward(bce):
    y_true = np.array([[1.0], [0.0], [1.0]])
    y_pred = np.array([[0.6], [0.3], [0.2]])

    bce.forward(y_true, y_pred)
    gradient = bce.backward(y_true, y_pred)

    slopes = numerical_gradient(lambda moved: float(np.sum(bce.forward(y_true, moved))), y_pred)
    assert_close(
        gradient,
        slopes,
        rtol=1e-4,
        asked=BACKWARD,
        given="y_true = [[1.], [0.], [1.]], y_pred = [[0.6], [0.3], [0.2]]",
        usually="the 1/N of the mean is missing; or p - y, which is the slope after the sigmoid, "
        "not the slope of the loss itself",
    )


def test_bce_backward_is_finite_where_a_prediction_is_exactly_zero_or_one(bce):
    y_true, y_pred = np.array([[1.0], [0.0]]), np.array([[0.0], [1.0]])

    bce.forward(y_true, y_pred)
    gradient = bce.backward(y_true, y_pred)

    if not isinstance(gradient, np.ndarray) or not np.isfinite(gradient).all():
        raise CheckFailed(
            BACKWARD,
            given="y_true = [[1.], [0.]], y_pred = [[0.], [1.]]",
            came=str(gradient),
            expected="finite numbers",
            usually="where else do you divide by y_pred?",
        )


def test_bce_leaves_labels_and_predictions_alone(bce):
    y_true, y_pred = np.array([[1.0], [0.0]]), np.array([[0.0], [0.4]])

    bce.forward(y_true, y_pred)
    assert_unchanged(bce.echo[0], y_true, asked=FORWARD, name="y_true")
    assert_unchanged(bce.echo[1], y_pred, asked=FORWARD, name="y_pred")

    bce.backward(y_true, y_pred)
    assert_unchanged(bce.echo[0], y_true, asked=BACKWARD, name="y_true")
    assert_unchanged(bce.echo[1], y_pred, asked=BACKWARD, name="y_pred")


def test_bce_shows_no_mistake_that_the_kit_knows(student):
    assert_no_known_mistake(student)
