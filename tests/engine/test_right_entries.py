"""Every right entry of the zoo trains to the losses of a loop that is written here in full."""

import tomllib
from pathlib import Path

import numpy as np
import pytest

import kit
from kit import data
from kit.plugins import Registry, find

ROOT = Path(__file__).resolve().parents[2]
SOLUTIONS = ROOT / "solutions" / "backprop"
RIGHT = ROOT / "tests" / "zoo" / "backprop" / "right"
CLASSES = {
    name: place
    for exercise in tomllib.loads((SOLUTIONS / "assignment.toml").read_text())["exercise"]
    for name, place in exercise["owns"].items()
}
EPOCHS, SIZE, RATE = 2, 16, 0.2


def parts_of(entry):
    """Return the factories of an entry, from its own files or else from the reference's."""
    found = {}
    for name, place in CLASSES.items():
        file, _, class_name = place.partition(":")
        path = entry / file if (entry / file).exists() else SOLUTIONS / file
        found[name] = _part(*name.split(":"), path, class_name)
    return found


def _part(kind, name, path, class_name):
    registry = Registry(find([path]))
    if registry.claimants(kind, name):
        return registry.get(kind, name)
    return registry.get(kind, f"{path}:{class_name}")  # its file has no table


def network_of(parts):
    return kit.Network.build(
        2,
        [4],
        layer=parts["layer:neural_layer"],
        hidden_activation=parts["activation:relu"],
        output_activation=parts["activation:sigmoid"],
        rng=np.random.default_rng(5),
    )


def plain_losses(network, loss, x, y, rng):
    """Train by the textbook: each forward right before its own backward."""
    losses = []
    for _ in range(EPOCHS):
        order, total = rng.permutation(len(x)), 0.0
        for start in range(0, len(x), SIZE):
            batch = order[start : start + SIZE]
            y_pred = network.forward(x[batch], training=True)
            total += float(np.reshape(loss.forward(y[batch], y_pred), ())) * len(batch)
            steps = network.backward(loss.backward(y[batch], y_pred))
            for part, gradients in zip(network.steps, steps, strict=True):
                for name, gradient in gradients.items():
                    setattr(part, name, getattr(part, name) - RATE * gradient)
        losses.append(total / len(x))
    return losses


@pytest.mark.parametrize("entry", sorted(RIGHT.iterdir()), ids=lambda path: path.name)
@pytest.mark.filterwarnings("ignore")
def test_a_right_entry_trains_to_the_losses_of_the_plain_loop(entry):
    x, y = data.moons(40, np.random.default_rng(1))
    parts = parts_of(entry)
    expected = plain_losses(network_of(parts), parts["loss:bce"](), x, y, np.random.default_rng(3))
    options = {"epochs": EPOCHS, "batch_size": SIZE, "rng": np.random.default_rng(3)}
    trainer = kit.Trainer(network_of(parts), parts["loss:bce"](), kit.SGD(RATE), **options)

    history = trainer.fit(x, y, held_out=(x, y))

    np.testing.assert_allclose(history.loss, expected, rtol=1e-7)
