"""The student's parts as fixtures, and the ways of the kit: forward comes right before backward."""

import contextlib
import functools

import numpy as np
import pytest

from kit.bench import Seed
from kit.errors import PartError


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
def neural_layer(student):
    """Make a layer of the student's with a seed for its generator."""

    def make(features, neurons, seed=0):
        return student.make("layer:neural_layer", features, neurons, Seed(seed))

    return make


@pytest.fixture
def layer_with(student, neural_layer):
    """Make a layer and give it weights and bias, so that its start values do not matter."""

    def make(weights, bias):
        return SetLayer(student, neural_layer, weights, bias)

    return make


class SetLayer:
    """A layer whose parameters the test sets: the bias as (n,) where the student chose that.

    A start that fails costs its own checks, not these: then the object is made without one.
    """

    def __init__(self, student, neural_layer, weights, bias):
        self.make_fresh = functools.partial(neural_layer, *weights.shape)
        try:
            self.part = self.make_fresh()
            flat = shape_of(self.part, "bias") == (bias.size,)
        except PartError:
            self.part, flat = student.bare("layer:neural_layer"), False
        self.bias_shape = (bias.size,) if flat else bias.shape
        self.set_parameters(weights, bias)

    def set_parameters(self, weights, bias):
        self.part.set("weights", weights)
        self.part.set("bias", bias.reshape(self.bias_shape))

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
