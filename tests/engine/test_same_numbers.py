"""The engine gives the numbers of the plain loop: step by step, with every array made anew."""

import numpy as np
import pytest

import kit
from kit import data


def plain_losses(trainer, x, y):
    """Train by `Trainer.step` alone."""
    size, losses = trainer.batch_size or len(x), []
    for _ in range(trainer.epochs):
        order = trainer.rng.permutation(len(x)) if size < len(x) else np.arange(len(x))
        batches = [order[start : start + size] for start in range(0, len(x), size)]
        total = sum(trainer.step(x[batch], y[batch]) * len(batch) for batch in batches)
        losses.append(total / len(x))
    return losses


def points(samples, features=2, dtype=np.float64):
    rng = np.random.default_rng(samples)
    x = rng.standard_normal((samples, features))
    return x.astype(dtype), (x.sum(axis=1, keepdims=True) > 0.0).astype(dtype)


def assert_same(trainer, plain, x, y, rtol=1e-9):
    history = trainer.fit(x, y)

    np.testing.assert_allclose(history.loss, plain_losses(plain, x, y), rtol=rtol, atol=rtol)
    np.testing.assert_allclose(
        trainer.parameters.values, plain.parameters.values, rtol=rtol, atol=rtol
    )


@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize(
    ("samples", "batch_size"), [(32, 8), (37, 8), (33, 8), (8, 8), (5, 8), (20, None), (1, 8)]
)
def test_losses_and_parameters_are_those_of_the_plain_loop(
    make, parts, samples, batch_size, momentum
):
    first, second = (
        make(parts, optimizer=kit.SGD(0.2, momentum), batch_size=batch_size) for _ in range(2)
    )

    assert_same(first, second, *points(samples))


@pytest.mark.parametrize(("features", "hidden"), [(1, (4,)), (1, ()), (3, (80, 40)), (2, (1, 1))])
def test_one_feature_no_hidden_layer_and_wide_layers_are_no_exception(
    make, parts, features, hidden
):
    first, second = (make(parts, features, hidden, batch_size=32) for _ in range(2))

    assert_same(first, second, *points(75, features))


@pytest.mark.parametrize("features", [4, 14])  # held twice, and held once
def test_points_too_many_to_be_copied_at_once_give_the_same_numbers(make, parts, features):
    first, second = (make(parts, features, (6,), batch_size=512, epochs=2) for _ in range(2))

    assert_same(first, second, *points(40_000, features))


@pytest.mark.parametrize("setting", [{"learning_rate": 0.02}, {"momentum": 0.9}])
def test_settings_may_change_from_epoch_to_epoch(make, parts, setting):
    x, y = points(37)
    optimizer, plain = kit.SGD(0.2), kit.SGD(0.2)
    first = make(parts, optimizer=optimizer, epochs=6, callbacks=[lambda *_: changed(optimizer)])
    second = make(parts, optimizer=plain, epochs=1)

    def changed(one):
        vars(one).update(setting)

    history = first.fit(x, y)

    expected = []
    for _ in range(6):
        expected += plain_losses(second, x, y)
        changed(plain)
    np.testing.assert_allclose(history.loss, expected, rtol=1e-9)


def test_fast_parts_give_the_numbers_of_the_textbook(make, fast, textbook):
    x, y = data.moons(300, np.random.default_rng(1))

    losses = [
        make(parts, optimizer=kit.SGD(0.1), epochs=20, batch_size=32).fit(x, y).loss
        for parts in (fast, textbook)
    ]

    np.testing.assert_allclose(*losses, rtol=1e-9)


def test_two_activations_in_a_row_keep_what_backward_needs(fast):
    def stacked():
        rng = np.random.default_rng(2)
        tanh, layer = fast["tanh"], fast["layer"]
        relu, sigmoid = fast["relu"], fast["sigmoid"]
        steps = [layer(2, 4, rng), tanh(), relu(), relu(), layer(4, 1, rng), relu(), sigmoid()]
        return kit.Trainer(
            kit.Network(steps), fast["loss"](), kit.SGD(0.2), epochs=5, batch_size=8, rng=rng
        )

    assert_same(stacked(), stacked(), *points(37))


def test_an_activation_as_first_step_gets_the_points(fast):
    def squashed():
        rng = np.random.default_rng(2)
        steps = [fast["relu"](), fast["layer"](2, 1, rng), fast["sigmoid"]()]
        return kit.Trainer(
            kit.Network(steps), fast["loss"](), kit.SGD(0.2), epochs=5, batch_size=8, rng=rng
        )

    assert_same(squashed(), squashed(), *points(37))


def test_a_batch_whose_relus_are_all_dead_moves_the_last_bias_alone(make, parts):
    def dead():
        trainer = make(parts, hidden=(4,), optimizer=kit.SGD(0.1), batch_size=None, epochs=3)
        layer = trainer.network.steps[0]
        layer.weights, layer.bias = np.zeros((2, 4)), np.full((1, 4), -1.0)
        return trainer

    trainer, relu = dead(), parts["relu"].__name__
    assert_same(trainer, dead(), *points(6))

    if relu == "ReLU":
        assert not trainer.network.steps[0].weights.any()
        assert trainer.network.steps[2].bias.any()


@pytest.mark.parametrize("batch_size", [8, None])
def test_float32_is_kept_all_through_and_saturated_outputs_are_no_trouble(make, parts, batch_size):
    x, y = points(37, dtype=np.float32)
    trainer = make(parts, dtype=np.float32, batch_size=batch_size)
    trainer.network.steps[-2].bias = np.full((1, 1), 200.0)  # a sigmoid of exactly 1

    history = trainer.fit(x, y)

    assert np.isfinite(history.loss).all()
    assert trainer.parameters.values.dtype == np.float32
    assert trainer.network.forward(x).dtype == np.float32


def test_float32_stays_near_float64(make, parts):
    x, y = points(64)

    histories = [make(parts, dtype=dtype).fit(x, y).loss for dtype in (np.float32, np.float64)]

    np.testing.assert_allclose(*histories, rtol=1e-4)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_same_seed_gives_the_same_bits(make, parts, dtype):
    x, y = points(77)

    found = [make(parts, dtype=dtype) for _ in range(2)]
    first, second = (trainer.fit(x, y) for trainer in found)

    assert first == second
    np.testing.assert_array_equal(*(trainer.parameters.values for trainer in found))


def test_epochs_measured_together_are_those_measured_one_by_one(make, parts):
    x, y = points(37)

    together = make(parts).fit(x, y)
    one_by_one = make(parts, callbacks=[lambda *_: None]).fit(x, y)

    np.testing.assert_allclose(together.loss, one_by_one.loss, rtol=1e-12)
    assert together.accuracy == one_by_one.accuracy


def test_another_optimizer_goes_parameter_by_parameter_to_the_same_numbers(make, parts):
    class Own(kit.SGD):
        """The rule of SGD, in a class that the kit does not know."""

    x, y = points(37)

    first, second = (
        make(parts, optimizer=rule(0.2, 0.9)).fit(x, y).loss for rule in (kit.SGD, Own)
    )

    np.testing.assert_allclose(first, second, rtol=1e-9)


def test_a_second_fit_goes_on_where_the_first_ended(make, parts):
    x, y = points(24)
    once, twice = make(parts, batch_size=None, epochs=8), make(parts, batch_size=None, epochs=4)

    losses = once.fit(x, y).loss

    np.testing.assert_allclose(losses, twice.fit(x, y).loss + twice.fit(x, y).loss, rtol=1e-9)
