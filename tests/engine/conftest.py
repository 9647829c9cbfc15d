"""Parts of three kinds for the engine: the textbook's, the fast ones, and one feature at a time."""

import sys
from pathlib import Path

import numpy as np
import pytest

import kit
from kit.plugins import Registry, find

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "examples" / "kit-fast"))  # a third party's, not installed

import kit_fast  # noqa: E402 - found by the line above

SOLUTIONS = Registry(find([ROOT / "solutions" / "backprop"]), strict=True)
TEXTBOOK = {
    "layer": SOLUTIONS.get("layer", "neural_layer"),
    "relu": SOLUTIONS.get("activation", "relu"),
    "sigmoid": SOLUTIONS.get("activation", "sigmoid"),
    "loss": SOLUTIONS.get("loss", "bce"),
}
FAST = {
    "layer": kit_fast.Dense,
    "relu": kit_fast.ReLU,
    "sigmoid": kit_fast.Sigmoid,
    "tanh": kit_fast.Tanh,
    "loss": kit_fast.BinaryCrossEntropy,
}


def without(part, **features):
    return type(part.__name__, (part,), features)


class OpenPair(kit_fast.BinaryCrossEntropy):
    """Fuses into a loss that is called step by step."""

    def fuse(self, activation):
        pair = super().fuse(activation)
        return pair and without(type(pair), bind=None)()


PARTS = {
    "textbook": TEXTBOOK,
    "fast": FAST,
    "fast tanh": FAST | {"relu": kit_fast.Tanh},
    "only out=": FAST
    | {name: without(FAST[name], bind=None, in_place=False) for name in ("layer", "relu")},
    "a pair without bind": FAST | {"loss": OpenPair},
    "a student's activation": FAST | {"relu": TEXTBOOK["relu"]},
    "a student's layer": FAST | {"layer": TEXTBOOK["layer"]},
    "a student's loss": FAST | {"loss": TEXTBOOK["loss"]},
}


@pytest.fixture(params=PARTS)
def parts(request):
    """Each of the kinds of parts in turn."""
    return PARTS[request.param]


@pytest.fixture
def fast():
    return FAST


@pytest.fixture
def textbook():
    return TEXTBOOK


@pytest.fixture
def make():
    """Make a trainer; the same arguments give the same start values and batches."""

    def trainer(parts, features=2, hidden=(7, 5), seed=3, optimizer=None, **options):
        network = kit.Network.build(
            features,
            hidden,
            layer=parts["layer"],
            hidden_activation=parts["relu"],
            output_activation=parts["sigmoid"],
            rng=np.random.default_rng(seed),
        )
        options = {"epochs": 6, "batch_size": 8, "rng": np.random.default_rng(seed)} | options
        return kit.Trainer(network, parts["loss"](), optimizer or kit.SGD(0.2, 0.9), **options)

    return trainer
