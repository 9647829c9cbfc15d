"""A trainer that was pickled or copied learns as the first one, and apart from it."""

import copy
import pickle
from pathlib import Path

import numpy as np
import pytest

import kit
from kit import data
from kit.plugins import Registry, find

SOLUTIONS = Registry(find([Path(__file__).parents[2] / "solutions" / "backprop"]), strict=True)


# Pickle finds classes by the names of their modules, which other tests may load again.
class Layer(SOLUTIONS.get("layer", "neural_layer")):
    """The reference's."""


class ReLU(SOLUTIONS.get("activation", "relu")):
    """The reference's."""


class Sigmoid(SOLUTIONS.get("activation", "sigmoid")):
    """The reference's."""


class Loss(SOLUTIONS.get("loss", "bce")):
    """The reference's."""


class Heavy(kit.SGD):
    """Momentum that is kept in place, in a class that the kit does not know."""

    def update(self, param, grad, state):
        velocity = state.setdefault("velocity", np.zeros_like(param))
        velocity *= 0.9
        velocity += grad
        return param - self.learning_rate * velocity


WAYS = {
    "pickle": lambda trainer: pickle.loads(pickle.dumps(trainer)),
    "deepcopy": copy.deepcopy,
    "copy": copy.copy,
}
OPTIMIZERS = {
    "descent": lambda: kit.SGD(0.2),
    "momentum": lambda: kit.SGD(0.2, 0.9),
    "another": lambda: Heavy(0.2),
}


@pytest.fixture(params=["textbook", "fast", "a loss that does not fuse"])
def parts(request, fast):
    textbook = {"layer": Layer, "relu": ReLU, "sigmoid": Sigmoid, "loss": Loss}
    loss = {"loss": Loss} if request.param != "fast" else {}
    return textbook if request.param == "textbook" else fast | loss


@pytest.fixture
def moons():
    return data.moons(37, np.random.default_rng(1))


@pytest.fixture(params=OPTIMIZERS)
def optimizer(request):
    return OPTIMIZERS[request.param]


@pytest.fixture(params=WAYS)
def copied(request):
    return WAYS[request.param]


@pytest.mark.parametrize("fits", [0, 1])
def test_a_copy_learns_as_the_first_one(make, parts, moons, optimizer, copied, fits):
    """Also where the first one has learned before."""
    first, twin = make(parts, optimizer=optimizer()), make(parts, optimizer=optimizer())
    for _ in range(fits):
        first.fit(*moons)
        twin.fit(*moons)

    history = copied(twin).fit(*moons)

    assert history == first.fit(*moons)
    assert history.loss[-1] < history.loss[0]


@pytest.mark.parametrize("way", ["pickle", "deepcopy"])
def test_a_copy_of_its_own_leaves_the_first_one_alone(make, parts, moons, way):
    first = make(parts)
    before = first.parameters.values.copy()
    second = WAYS[way](first)

    second.fit(*moons)

    np.testing.assert_array_equal(first.parameters.values, before)
    assert np.shares_memory(second.network.steps[0].weights, second.parameters.values)
    assert first.fit(*moons) == WAYS[way](make(parts)).fit(*moons)


def test_a_copy_that_is_made_between_two_epochs_goes_on_from_there(make, parts, moons):
    kept = []
    whole = make(parts, epochs=6, batch_size=None)
    whole.callbacks = [lambda epoch, _h: kept.append(_bare(whole)) if epoch == 4 else None]

    history = whole.fit(*moons)

    rest = pickle.loads(kept[0])
    rest.epochs = 2
    np.testing.assert_allclose(rest.fit(*moons).loss, history.loss[4:], rtol=1e-12)


def _bare(trainer):
    """Return a pickle of a trainer without its callbacks, which are functions of a test."""
    bare = copy.copy(trainer)
    bare.callbacks = ()
    return pickle.dumps(bare)


def test_an_optimizer_or_a_network_that_is_set_later_counts(make, textbook, moons):
    trainer, other = make(textbook), make(textbook, seed=4)
    trainer.optimizer, trainer.network = kit.SGD(1e-30), other.network
    before = other.network.steps[0].weights.copy()

    trainer.fit(*moons)

    np.testing.assert_allclose(other.network.steps[0].weights, before, rtol=1e-12)
    np.testing.assert_allclose(trainer.network.forward(moons[0]), other.network.forward(moons[0]))
