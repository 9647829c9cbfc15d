"""What the engine promises to parts, to who sets parameters, and to who reads an error."""

import numpy as np
import pytest

import kit
from kit import data


@pytest.fixture
def moons():
    return data.moons(77, np.random.default_rng(1))


def test_parameters_are_views_that_can_be_read_and_set(make, parts):
    trainer = make(parts)
    layer = trainer.network.steps[0]

    layer.weights = np.full(layer.weights.shape, 0.5)
    trainer.prepared_update()

    assert np.shares_memory(layer.weights, trainer.parameters.values)
    assert (trainer.parameters.values[:14] == 0.5).all()


def test_what_a_callback_sets_counts_from_the_next_epoch_on(make, parts, moons):
    seen = []

    def freeze(_epoch, _history):
        seen.append(layer.weights.copy())
        layer.weights = np.zeros_like(layer.weights)
        trainer.optimizer.learning_rate = 1e-30

    trainer = make(parts, optimizer=kit.SGD(0.1), callbacks=[freeze], epochs=3)
    layer = trainer.network.steps[2]

    trainer.fit(*moons)

    assert seen[0].any()
    assert np.abs(seen[1:]).max() < 1e-20


def test_momentum_may_begin_in_the_middle(make, parts, moons):
    def begin(_epoch, _history):
        trainer.optimizer.momentum = 0.9

    trainer = make(parts, optimizer=kit.SGD(0.1), callbacks=[begin], epochs=6)
    plain = make(parts, optimizer=kit.SGD(0.1), epochs=6)

    assert trainer.fit(*moons).loss[:1] == pytest.approx(plain.fit(*moons).loss[:1])
    assert not np.allclose(trainer.parameters.values, plain.parameters.values)


def test_a_parameter_of_another_shape_is_refused(make, parts, moons):
    trainer = make(parts)
    trainer.network.steps[0].weights = np.zeros((3, 7))

    with pytest.raises(kit.UsageError, match=r"weights is now \(3, 7\), and was \(2, 7\)"):
        trainer.fit(*moons)


def test_what_a_part_that_declares_nothing_keeps_does_not_change(make, fast, textbook, moons):
    kept = []

    class Keeping(textbook["relu"]):
        def forward(self, x):
            y = super().forward(x)
            kept.append((x, x.copy(), y, y.copy()))
            return y

    make(fast | {"relu": Keeping}).fit(*moons)

    assert len(kept) > 100
    for x, x_then, y, y_then in kept:
        np.testing.assert_array_equal(x, x_then)
        np.testing.assert_array_equal(y, y_then)


def test_the_array_that_is_returned_counts_even_where_out_is_declared(make, fast, moons):
    bound = False  # the first step goes without

    class Stubborn(fast["relu"]):
        bind, in_place = None, False

        def forward(self, x, out=None):
            assert out is not None or not bound
            return np.maximum(x, 0.0)

        def backward(self, grad, x, y, out=None):
            assert out is not None or not bound
            return grad * ((x > 0.0) & (y > 0.0))

    stubborn, plain = (make(fast | {"relu": relu}).fit(*moons) for relu in (Stubborn, fast["relu"]))

    np.testing.assert_allclose(stubborn.loss, plain.loss, rtol=1e-9)


def test_the_first_layer_is_not_asked_for_the_gradient_of_the_points(make, textbook, moons):
    asked = set()

    class Thrifty(textbook["layer"]):
        def backward(self, grad, x, need_input_grad=True):
            asked.add((x.shape[1], need_input_grad))
            return super().backward(grad, x)

    trainer = make(textbook | {"layer": Thrifty}, epochs=1)
    step = trainer.step
    trainer.step = lambda x, y: (step(x, y), asked.clear())[0]  # the first one is the checked one

    trainer.fit(*moons)

    assert asked == {(2, False), (7, True), (5, True)}


def test_training_is_told_to_the_parts_that_ask(make, textbook, moons):
    told = set()

    class Curious(textbook["relu"]):
        def forward(self, x, training=False):
            told.add(training)
            return super().forward(x)

    make(textbook | {"relu": Curious}).fit(*moons)

    assert told == {True}


def test_a_training_that_diverges_says_where_and_leaves_numbers(make, fast, moons):
    class Bursting(fast["relu"]):
        """Bursts wherever it is asked with a large first weight; keeps no state."""

        bind, in_place = None, False

        def backward(self, grad, x, y, out=None):
            burst = np.inf if trainer.epochs_seen >= 3 else 1.0
            return np.multiply(grad, (y > 0.0) * (x > 0.0) * burst, out=out)

    trainer = make(fast | {"relu": Bursting}, callbacks=[lambda epoch, _h: count(epoch)])
    trainer.epochs_seen = 0

    def count(epoch):
        trainer.epochs_seen = epoch

    with np.errstate(invalid="ignore"), pytest.raises(kit.DivergedError) as caught:
        trainer.fit(*moons)

    assert str(caught.value).startswith("in epoch 4, the gradient of")
    assert "layer Dense, step 3 of the network" in str(caught.value)
    assert np.isfinite(trainer.parameters.values).all()


def test_the_epoch_of_a_divergence_is_known_where_many_are_run_at_once(make, fast, moons):
    x, y = moons
    trainer = make(fast, optimizer=kit.SGD(1e120), epochs=50)

    with np.errstate(all="ignore"), pytest.raises(kit.DivergedError, match=r"^in epoch \d, "):
        trainer.fit(x * 1e80, y)


def test_a_part_that_fails_in_the_last_short_batch_is_named(make, textbook):
    class Square(textbook["relu"]):
        def forward(self, x):
            if len(x) == 5:
                raise RuntimeError("five is right out")
            return super().forward(x)

    x, y = data.moons(21, np.random.default_rng(1))

    with pytest.raises(RuntimeError) as caught:
        make(textbook | {"relu": Square}).fit(x, y)

    assert caught.value.__notes__ == ["in activation Square, step 2 of the network, epoch 1"]


def test_a_dtype_that_is_no_precision_is_refused(make, parts):
    with pytest.raises(kit.UsageError, match="dtype must be float32 or float64, not int64"):
        make(parts, dtype=int)
