"""The student's parts as fixtures, and the ways of the kit: forward comes right before backward."""

import contextlib
import functools

import numpy as np
import pytest

from kit.errors import PartError
from kit.testing.closeness import CheckFailed, assert_close
from kit.testing.parts import PREVIOUS, answers
from kit.values import Previous, Seed


@pytest.fixture
def relu(student):
    return student.make("activation:relu")


@pytest.fixture
def sigmoid(student):
    return student.make("activation:sigmoid")


@pytest.fixture
def bce(student):
    return student.make("loss:bce")


@pytest.fixture
def check_slopes():
    """Hold backward against the right slopes, with the y of the student's own forward.

    Where that fails, the right y has a second try: a mistake in forward is charged where forward
    is looked at, and once.
    """

    def check(part, xs, grads, right_forward, right_slope, asked):
        def hold(answered):
            for x, grad, dx in zip(xs, grads, answered, strict=True):
                given = {"x": x, "grad": grad}
                assert_close(dx, grad * right_slope(x), asked=asked, given=given)

        try:
            hold([dx for _, dx in forward_and_backward(part, xs, grads)])
        except (PartError, CheckFailed) as error:
            questions = [
                part.question("backward", grad, x, right_forward(x), first=[x])
                for x, grad in zip(xs, grads, strict=True)
            ]
            with contextlib.suppress(PartError, CheckFailed):
                return hold(answers(questions))
            raise error from None

    return check


@pytest.fixture
def both():
    """Return forward's and backward's answer for each batch, in the order of training.

    Before them comes a batch that no backward follows, as in a prediction, if there is one.
    """
    return forward_and_backward


def forward_and_backward(part, xs, grads, predicted=(), *, echoed=False):
    questions = [part.question("forward", x) for x in predicted]
    for x, grad in zip(xs, grads, strict=True):
        questions.append(part.question("forward", x))
        questions.append(part.question("backward", grad, x, PREVIOUS, echoed=echoed))
    found = answers(questions)
    for _ in predicted:
        next(found)
    return zip(found, found, strict=True)


@pytest.fixture
def turns():
    """Return the first part's backward, for x, after the second has had forward and backward."""

    def take(first, second, x, other, grad):
        questions = [first.question("forward", x), second.question("forward", other)]
        questions += [second.question("backward", grad, other, PREVIOUS)]
        *_, dx = answers([*questions, first.question("backward", grad, x, Previous(3))])
        return dx

    return take


@pytest.fixture
def neural_layer(student):
    """Make a layer of the student's with a seed for its generator."""

    def make(features, neurons, seed=0):
        return student.make("layer:neural_layer", features, neurons, Seed(seed))

    return make


@pytest.fixture
def layers_with(student, neural_layer):
    """Make layers and give them weights and biases, so that their start values do not matter."""

    def make(parameters):
        layers = [SetLayer(student, neural_layer, *pair) for pair in parameters]
        with contextlib.suppress(PartError):  # each finds out for itself then
            for layer, bias in zip(
                layers, answers([layer.question_for("bias") for layer in layers]), strict=True
            ):
                layer.own_bias_shape = bias.shape if isinstance(bias, np.ndarray) else None
        for layer, pair in zip(layers, parameters, strict=True):
            layer.set_parameters(*pair)
        return layers

    return make


@pytest.fixture
def layer_with(layers_with):
    def make(weights, bias):
        [layer] = layers_with([(weights, bias)])
        return layer

    return make


class SetLayer:
    """A layer whose parameters the test sets: the bias as (n,) where the student chose that.

    A bias of (n, 1) goes with weights that lie on their side, and is set as such along with them.

    A start that fails costs its own checks, not these: then the object is made without one.
    """

    def __init__(self, student, neural_layer, weights, bias):
        self.student, self.size = student, bias.size
        self.make_fresh = functools.partial(neural_layer, *weights.shape)
        try:
            self.part = self.make_fresh()
        except PartError:
            self.part = student.bare("layer:neural_layer")

    @functools.cached_property
    def own_bias_shape(self):
        try:
            return shape_of(self.part, "bias")
        except PartError:
            self.part = self.student.bare("layer:neural_layer")
        return None

    @property
    def has_column(self):
        return self.own_bias_shape == (self.size, 1)

    def bias_shape(self, *, turned=False):
        if self.own_bias_shape == (self.size,):
            return (self.size,)
        return (self.size, 1) if turned and self.has_column else (1, self.size)

    def set_parameters(self, weights, bias, *, turned=False):
        shape = self.bias_shape(turned=turned)  # before the part is asked to be another one
        self.part.set("weights", weights)
        self.part.set("bias", bias.reshape(shape))

    def starts_as(self, shape):
        """Whether the student's own start weights have this shape."""
        with contextlib.suppress(PartError):
            return shape_of(self.make_fresh(), "weights") == shape
        return False

    def __getattr__(self, name):
        return getattr(self.part, name)


def shape_of(part, name):
    """Return the shape of an attribute, None where there is none; raise what making it raised."""
    try:
        value = part.get(name)
    except PartError as error:
        if error.name != "AttributeError" or error.file:
            raise
        return None
    return value.shape if isinstance(value, np.ndarray) else None
