"""Hidden tests of the exercise Neural_layer, backward: 25 points.

The right answers follow from the weights that the test sets, so a wrong forward or a wrong start
costs nothing here.
"""

import contextlib
import functools

import numpy as np
import pytest

from kit.errors import PartError
from kit.testing.closeness import CheckFailed, assert_close, assert_unchanged, show

pytestmark = pytest.mark.exercise("layer_backward")

BACKWARD = "layer.backward(grad, x)"
SIZES = [(4, 3, 2), (40, 2, 5), (2, 5, 1), (6, 1, 3), (1, 4, 2)]


class Case:
    """A layer with set weights, a batch and an incoming gradient, all random.

    `turned` says that the student keeps the weights as (neurons, features) all through: that costs
    its points where start values and forward are checked, not here.
    """

    turned = False

    def __init__(self, layer_with, rng, samples, features, neurons):
        self.weights = rng.standard_normal((features, neurons))
        self.bias = rng.standard_normal((1, neurons))
        self.layer = layer_with(self.weights, self.bias)
        self.draw(rng, samples)

    def draw(self, rng, samples):
        self.x = rng.standard_normal((samples, self.weights.shape[0]))
        self.grad = rng.standard_normal((samples, self.weights.shape[1]))
        return self

    @property
    def words(self):
        given = {"x": self.x, "grad": self.grad, "weights": self.weights}
        return {"asked": BACKWARD, "given": given}

    def backward(self):
        """Return dL/dx and the gradients, as the kit asks for them: forward comes first."""
        self.layer.set_parameters(self.stored, self.bias)
        return self.asked(functools.partial(self.layer.backward_after_forward, self.x))

    def answer(self):
        """Return the same for the batch that forward has seen last."""
        return self.asked(self.layer.backward)

    def asked(self, backward):
        try:
            dx, gradients = unpacked(backward(self.grad, self.x))
        except PartError:
            if self.turned or not self.layer.starts_as(self.weights.T.shape):
                raise
            self.turned = True
            return self.backward()
        if self.turned:
            gradients = {**gradients, "weights": np.transpose(gradients["weights"])}
        return dx, gradients

    @property
    def stored(self):
        """The weights as the layer keeps them."""
        return self.weights.T if self.turned else self.weights

    def forward(self):
        """Call forward, which may fail, or change the parameters: that costs its own checks."""
        self.layer.set_parameters(self.stored, self.bias)
        with contextlib.suppress(PartError):
            self.layer.forward(self.x)
        self.layer.set_parameters(self.stored, self.bias)

    def check(self, answer):
        dx, gradients = answer
        assert_close(dx, self.grad @ self.weights.T, **self.words)
        assert_close(gradients["weights"], self.x.T @ self.grad, **self.words)
        self.check_bias(gradients["bias"])

    def check_bias(self, gradient):
        """The gradient of the bias has the shape of the student's own bias."""
        expected = self.grad.sum(axis=0).reshape(self.layer.bias_shape)
        assert_close(gradient, expected, **self.words)


def unpacked(answer):
    right = isinstance(answer, tuple | list) and len(answer) == 2 and isinstance(answer[1], dict)
    if not right or not {"weights", "bias"} <= set(answer[1]):
        expected = 'dL/dx and {"weights": ..., "bias": ...}'
        raise CheckFailed(BACKWARD, came=show(answer), expected=expected)
    return answer


@pytest.fixture
def case_of(layer_with, rng):
    return functools.partial(Case, layer_with, rng)


@pytest.fixture
def cases(case_of):
    return [case_of(*sizes) for sizes in SIZES]


@pytest.mark.points(6, kind="gradient")
def test_backward_hands_the_gradient_on_to_the_input(cases):
    for case in cases:
        dx, _ = case.backward()

        assert_close(dx, case.grad @ case.weights.T, **case.words)


@pytest.mark.points(6, kind="gradient")
def test_backward_sums_the_gradient_of_the_weights_over_the_batch(cases):
    for case in cases:
        _, gradients = case.backward()

        assert_close(gradients["weights"], case.x.T @ case.grad, **case.words)


@pytest.mark.points(6, kind="gradient")
def test_backward_sums_the_gradient_of_the_bias_over_the_batch(cases):
    for case in cases:
        _, gradients = case.backward()

        case.check_bias(gradients["bias"])


@pytest.mark.points(3, kind="state")
def test_backward_gives_the_same_answer_again_and_a_new_one_for_a_new_batch(case_of, rng):
    for case in [case_of(4, 3, 2), case_of(40, 2, 5)]:
        case.check(case.backward())
        case.check(case.backward())
        case.x[1:] *= -1
        case.grad[1:] *= 2
        case.check(case.backward())
        case.draw(rng, 3).check(case.backward())
        case.weights += 1
        case.check(case.backward())


@pytest.mark.points(2, kind="purity")
def test_backward_updates_nothing(case_of):
    for case in [case_of(4, 3, 2), case_of(2, 5, 1)]:
        case.check(case.backward())

        layer = case.layer
        assert_unchanged(layer.echo[1], case.x, asked=BACKWARD, name="x")
        assert_unchanged(layer.get("weights"), case.stored, asked=BACKWARD, name="weights")
        bias = np.reshape(layer.get("bias"), case.bias.shape)
        assert_unchanged(bias, case.bias, asked=BACKWARD, name="bias")


@pytest.mark.points(2, kind="state")
def test_two_layers_do_not_share_what_they_keep(case_of):
    first, second = case_of(4, 3, 2), case_of(4, 3, 2)

    for case in (first, second):
        case.forward()

    for case in (second, first):
        case.check(case.answer())
