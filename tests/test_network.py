"""Network: what a stack of steps computes, and what it says when a step breaks the contract."""

from pathlib import Path

import numpy as np
import pytest

import kit
from kit.plugins import Registry, find

SOLUTIONS = Path(__file__).parents[1] / "solutions" / "backprop"


@pytest.fixture(scope="module")
def parts():
    return Registry(find([SOLUTIONS]), strict=True)


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture
def deep(parts, rng):
    """Three layers, several outputs: 3 -> 5 -> 4 -> 2."""
    layer = parts.get("layer", "neural_layer")
    relu, sigmoid = parts.get("activation", "relu"), parts.get("activation", "sigmoid")
    return kit.Network(
        [layer(3, 5, rng), relu(), layer(5, 4, rng), sigmoid(), layer(4, 2, rng), sigmoid()]
    )


class Passing:
    """An activation that changes nothing; the tests below break it in one way each."""

    def forward(self, x):
        return x.copy()

    def backward(self, grad, _x, _y):
        return grad


class Scale:
    """A layer with one weight for each feature."""

    parameters = ("weights",)

    def __init__(self, features):
        self.weights = np.ones((1, features))

    def forward(self, x):
        return x * self.weights

    def backward(self, grad, x):
        return grad * self.weights, {"weights": (grad * x).sum(axis=0, keepdims=True)}


def numerical_gradient(network, parameter, x, grad, step=1e-6):
    slopes = np.empty_like(parameter)
    for index in np.ndindex(*parameter.shape):
        kept = parameter[index]
        parameter[index] = kept + step
        above = (network.forward(x) * grad).sum()
        parameter[index] = kept - step
        below = (network.forward(x) * grad).sum()
        parameter[index] = kept
        slopes[index] = (above - below) / (2.0 * step)
    return slopes


def test_gradients_are_the_slopes_of_the_output_with_respect_to_every_parameter(deep, rng):
    x, grad = rng.standard_normal((6, 3)), rng.standard_normal((6, 2))

    deep.forward(x)
    gradients = deep.backward(grad.copy())

    for own, parameters in zip(gradients, deep.parameters, strict=True):
        assert own.keys() == parameters.keys()
        for name, parameter in parameters.items():
            assert own[name].any()
            expected = numerical_gradient(deep, parameter, x, grad)
            np.testing.assert_allclose(own[name], expected, rtol=1e-5, atol=1e-8)


def test_there_is_one_dict_of_gradients_for_each_step_and_none_in_an_activations(deep, rng):
    deep.forward(rng.standard_normal((4, 3)))

    gradients = deep.backward(np.ones((4, 2)))

    assert [sorted(own) for own in gradients] == [["bias", "weights"], []] * 3


def test_forward_is_the_composition_of_the_steps(deep, rng):
    x = rng.standard_normal((4, 3))

    y = deep.forward(x)

    expected = x
    for step in deep.steps:
        expected = step.forward(expected)
    np.testing.assert_array_equal(y, expected)


def test_each_step_gets_the_x_and_y_of_its_own_forward_back():
    class Recorder(Passing):
        def forward(self, x):
            self.x, self.y = x, x + 1.0
            return self.y

        def backward(self, grad, x, y):
            self.same = x is self.x and y is self.y
            return grad

    first, second = Recorder(), Recorder()
    network = kit.Network([first, second])

    network.forward(np.zeros((2, 3)))
    network.backward(np.ones((2, 3)))

    assert first.same
    assert second.same
    np.testing.assert_array_equal(second.x, np.ones((2, 3)))


def test_parameters_are_read_anew_at_each_call(deep, rng):
    x = rng.standard_normal((4, 3))
    before = deep.forward(x)

    deep.steps[4].weights = np.zeros((4, 2))

    assert not deep.parameters[4]["weights"].any()
    assert not np.array_equal(deep.forward(x), before)


def test_training_is_passed_to_the_steps_that_declare_it_and_to_no_other():
    class Dropout(Passing):
        def forward(self, x, training=False):
            self.training = training
            return x.copy()

    dropout = Dropout()
    network = kit.Network([Passing(), dropout])

    network.forward(np.zeros((2, 3)), training=True)
    during = dropout.training
    network.forward(np.zeros((2, 3)))

    assert during is True
    assert dropout.training is False


def test_build_stacks_hidden_layers_and_one_output_neuron(parts, rng):
    network = kit.Network.build(
        2,
        [16, 8],
        layer=parts.get("layer", "neural_layer"),
        hidden_activation=parts.get("activation", "relu"),
        output_activation=parts.get("activation", "sigmoid"),
        rng=rng,
    )

    assert str(network) == (
        "Neural_layer(2, 16) -> ReLU -> Neural_layer(16, 8) -> ReLU -> Neural_layer(8, 1) -> Sigmoid"
    )
    assert network.forward(np.zeros((5, 2))).shape == (5, 1)


def test_a_network_without_hidden_layers_is_one_neuron(parts, rng):
    network = kit.Network.build(
        3,
        [],
        layer=parts.get("layer", "neural_layer"),
        hidden_activation=parts.get("activation", "relu"),
        output_activation=parts.get("activation", "sigmoid"),
        rng=rng,
    )

    assert str(network) == "Neural_layer(3, 1) -> Sigmoid"


def test_a_layer_that_does_not_fit_its_input_is_named(parts, rng):
    layer = parts.get("layer", "neural_layer")
    network = kit.Network([layer(2, 16, rng), Passing(), layer(8, 1, rng)])

    with pytest.raises(kit.ShapeError) as caught:
        network.forward(np.zeros((5, 2)))

    assert str(caught.value) == (
        "layer Neural_layer, step 3 of the network: x is (5, 16), "
        "which does not fit its parameters: weights (8, 1), bias (1, 1)"
    )


def test_another_value_error_in_a_part_stays_what_it_was():
    class Undecided(Scale):
        def forward(self, _x):
            raise ValueError("not about shapes")

    class Scaled(Undecided):
        def __init__(self):
            self.weights = np.ones((3, 2))

    with pytest.raises(ValueError, match="not about shapes") as caught:
        kit.Network([Scaled()]).forward(np.zeros((5, 3)))

    assert not isinstance(caught.value, kit.KitError)


def broken(base, **methods):
    return type("Broken", (base,), methods)


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (
            broken(Passing, forward=lambda _self, x: x[:, 0])(),
            "activation Broken, step 2 of the network: what forward returned is (4,), expected (4, 3)",
        ),
        (
            broken(Passing, forward=lambda _self, _x: None)(),
            "activation Broken, step 2 of the network: what forward returned is NoneType, expected (4, 3)",
        ),
        (
            broken(Scale, forward=lambda _self, x: x.sum())(3),
            "layer Broken, step 2 of the network: what forward returned is float64, expected (4, neurons)",
        ),
        (
            broken(Passing, forward=lambda _self, x: x.view(np.recarray))(),
            "activation Broken, step 2 of the network: what forward returned is recarray, expected (4, 3)",
        ),
        (
            broken(Scale, forward=lambda _self, x: x.view(np.recarray))(3),
            "layer Broken, step 2 of the network: what forward returned is recarray, expected (4, neurons)",
        ),
        (
            broken(Passing, backward=lambda _self, grad, _x, _y: np.ma.array(grad))(),
            "activation Broken, step 2 of the network: dL/dx from backward is MaskedArray, expected (4, 3)",
        ),
        (
            broken(Scale, forward=lambda _self, x: x.T.copy())(3),
            "layer Broken, step 2 of the network: what forward returned is (3, 4), expected (4, neurons)",
        ),
        (
            broken(Passing, backward=lambda _self, grad, _x, _y: grad.sum(axis=0))(),
            "activation Broken, step 2 of the network: dL/dx from backward is (3,), expected (4, 3)",
        ),
        (
            broken(Scale, backward=lambda _self, grad, _x: grad)(3),
            "layer Broken, step 2 of the network: backward must return dL/dx and a dict of gradients, not (4, 3)",
        ),
        (
            broken(Scale, backward=lambda _self, grad, _x: (grad, {}))(3),
            "layer Broken, step 2 of the network: backward returned gradients for [], expected ['weights']",
        ),
        (
            broken(Scale, backward=lambda _self, grad, _x: (grad, {"weights": grad}))(3),
            "layer Broken, step 2 of the network: the gradient of weights is (4, 3), expected (1, 3)",
        ),
    ],
)
def test_a_step_that_breaks_the_contract_is_named_with_what_came_and_what_was_expected(
    step, message
):
    network = kit.Network([Passing(), step])

    def there_and_back():
        network.forward(np.ones((4, 3)))
        network.backward(np.ones((4, 3)))

    with pytest.raises(kit.ShapeError) as caught:
        there_and_back()

    assert str(caught.value) == message


def test_a_gradient_of_another_shape_than_the_output_is_refused(deep):
    deep.forward(np.zeros((4, 3)))

    with pytest.raises(kit.ShapeError, match=r"given to backward is \(4, 1\), expected \(4, 2\)"):
        deep.backward(np.ones((4, 1)))


def test_backward_before_forward_is_an_error(deep):
    with pytest.raises(kit.UsageError, match=r"call forward\(x\) first"):
        deep.backward(np.ones((4, 2)))


def test_a_parameter_of_whole_numbers_is_refused_because_updates_would_be_cut_off():
    layer = Scale(3)
    layer.weights = np.ones((1, 3), dtype=int)

    with pytest.raises(kit.UsageError, match="weights must be an array of floats"):
        _ = kit.Network([layer]).parameters


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ([], "at least one step"),
        ([Passing], "step 1 is the class Passing; make an object of it first"),
        ([Passing(), "relu"], "step 2 is 'relu', which has no method 'forward'"),
        ([Passing()] * 2, "the same object is in two places"),
    ],
)
def test_what_cannot_be_a_network_is_refused_at_once(steps, message):
    with pytest.raises(kit.UsageError, match=message):
        kit.Network(steps)
