"""The student's parts as fixtures, and the ways of the kit: forward comes right before backward."""

import numpy as np
import pytest

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
        return student.make("layer:neural_layer", features, neurons, student.generator(seed))

    return make


@pytest.fixture
def set_parameters():
    """Give a layer weights and bias: the bias as (n,) where the student chose that, else (1, n)."""

    def give(layer, weights, bias):
        layer.set("weights", weights)
        layer.set("bias", bias.reshape(bias_shape(layer, bias)))

    return give


@pytest.fixture
def layer_with(student, neural_layer, set_parameters):
    """Make a layer and give it weights and bias, so that its start values do not matter.

    A start that fails costs its own checks, not these: then the object is made without one.
    """

    def make(weights, bias):
        try:
            layer = neural_layer(*weights.shape)
        except PartError:
            layer = student.bare("layer:neural_layer")
        set_parameters(layer, weights, bias)
        return layer

    return make


def bias_shape(layer, bias):
    try:
        own = layer.get("bias")
    except PartError:
        return bias.shape
    flat = isinstance(own, np.ndarray) and own.shape == (bias.size,)
    return own.shape if flat else bias.shape
