"""Public tests of Neural_layer. Hidden tests check the same contract on other inputs."""

import numpy as np
import pytest

from kit.testing import (
    CheckFailed,
    assert_close,
    assert_no_known_mistake,
    assert_unchanged,
    layer_gradients,
)

forward_exercise = pytest.mark.exercise("layer_forward")
backward_exercise = pytest.mark.exercise("layer_backward")

START = "Neural_layer(num_of_features, num_of_neurons, rng)"
FORWARD = "layer.forward(x)"
BACKWARD = "layer.backward(grad, x)"

X = np.array([[1.0, 2.0], [-3.0, 0.5], [0.0, 4.0]])
WEIGHTS = np.array([[2.0, 0.0, -1.0], [1.0, 3.0, 0.5]])
BIAS = np.array([[10.0, 20.0, 30.0]])
GRAD = np.array([[0.5, -1.0, 2.0], [1.5, 0.2, -0.3], [-0.7, 0.4, 1.1]])
GIVEN = "x (3, 2), weights (2, 3), grad (3, 3)"


@pytest.fixture
def layer(neural_layer):
    """A layer of yours with two features and three neurons, and weights that the test knows."""
    made = neural_layer(2, 3)
    made.set("weights", WEIGHTS)
    shape = np.shape(made.get("bias"))
    made.set("bias", BIAS.reshape(shape) if shape == (3,) else BIAS)
    return made


@pytest.fixture
def answer(student):
    """What your backward returns for a layer whose parameters the test knows."""
    return layer_gradients(student, X, GRAD, WEIGHTS, BIAS)


@forward_exercise
def test_layer_start_values_have_a_place_for_every_feature_and_neuron(neural_layer):
    layer = neural_layer(3, 2)

    for name, shapes in [("weights", [(3, 2)]), ("bias", [(1, 2), (2,)])]:
        shape = np.shape(layer.get(name))
        if shape not in shapes:
            raise CheckFailed(
                f"{START}: {name}",
                given="num_of_features = 3, num_of_neurons = 2",
                came=f"shape {shape}",
                expected=f"shape {shapes[0]}",
                usually="(batch, features) @ (features, neurons) gives (batch, neurons)",
            )


@forward_exercise
def test_layer_start_values_break_the_symmetry(neural_layer):
    start = neural_layer(3, 4, seed=5).get("weights")

    if not isinstance(start, np.ndarray) or np.linalg.matrix_rank(start) < 3:
        raise CheckFailed(
            f"{START}: weights",
            given="num_of_features = 3, num_of_neurons = 4",
            came=str(start),
            expected="weights of rank 3",
            usually="if two neurons start equal and see the same, when do they ever differ?",
        )


@forward_exercise
def test_layer_start_values_come_from_the_rng(neural_layer):
    first, same, other = (neural_layer(3, 2, seed).get("weights") for seed in (1, 1, 2))

    if not np.array_equal(first, same):
        raise CheckFailed(
            f"{START} with two generators of the same seed",
            came=f"{first} and {same}",
            expected="the same weights",
            usually="random numbers come from somewhere else; the kit hands you the dice",
        )
    if np.allclose(first, other):
        raise CheckFailed(
            f"{START} with generators of two seeds",
            came=f"the same weights: {first}",
            expected="different weights",
            usually="a generator is made inside with a seed of its own: two layers become twins",
        )


@forward_exercise
def test_layer_bias_starts_near_zero(neural_layer):
    bias = neural_layer(16, 4).get("bias")

    if not isinstance(bias, np.ndarray) or np.abs(bias).max() > 0.5:
        raise CheckFailed(f"{START}: bias", came=str(bias), expected="numbers at or near zero")


@forward_exercise
def test_layer_forward_weighs_the_features_and_adds_the_bias(layer):
    expected = np.array([[14.0, 26.0, 30.0], [4.5, 21.5, 33.25], [14.0, 32.0, 32.0]])

    assert_close(
        layer.forward(X),
        expected,
        asked=FORWARD,
        given=f"x = {X.tolist()}, weights = {WEIGHTS.tolist()}, bias = {BIAS.tolist()}",
        usually="the bias is left out, or a product that is not the matrix product",
    )


@forward_exercise
def test_layer_forward_leaves_its_input_alone(layer):
    layer.forward(X)

    assert_unchanged(layer.echo[0], X, asked=FORWARD, name="x")


@forward_exercise
def test_layer_forward_shows_no_mistake_that_the_kit_knows(student):
    assert_no_known_mistake(student)


@backward_exercise
def test_layer_backward_hands_the_gradient_on(answer):
    assert_close(
        answer.x,
        np.array([[-1.0, -1.5], [3.3, 1.95], [-2.5, 1.05]]),
        asked=f"{BACKWARD}: dL/dx",
        given=GIVEN,
        usually="which neurons does one x touch, and with which weights? reshape is no transpose",
    )


@backward_exercise
def test_layer_backward_gives_the_gradient_of_the_weights(answer):
    assert_close(
        answer.weights,
        np.array([[-4.0, -1.6, 2.9], [-1.05, -0.3, 8.25]]),
        asked=f'{BACKWARD}: the gradient of "weights"',
        given=GIVEN,
        usually="a gradient has the shape of the thing it is the gradient of; the loss already "
        "divided by N, so layers sum over the batch",
    )


@backward_exercise
def test_layer_backward_gives_the_gradient_of_the_bias(answer):
    assert_close(
        answer.bias,
        np.array([[1.3, -0.4, 2.8]]).reshape(answer.bias_shape),
        asked=f'{BACKWARD}: the gradient of "bias"',
        given=GIVEN,
        usually="one number a neuron, in the shape of the bias: which axis must go, and is it a "
        "sum or a mean?",
    )


@backward_exercise
def test_layer_backward_shows_no_mistake_that_the_kit_knows(student):
    assert_no_known_mistake(student)
