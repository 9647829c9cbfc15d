"""Trainer: the step, the epochs, the history, and the errors a student will meet."""

from pathlib import Path

import numpy as np
import pytest

import kit
from kit import data
from kit.plugins import Registry, find

SOLUTIONS = Path(__file__).parents[1] / "solutions" / "backprop"
PARTS = Registry(find([SOLUTIONS]), strict=True)
ReLU = PARTS.get("activation", "relu")
Sigmoid = PARTS.get("activation", "sigmoid")
BinaryCrossEntropy = PARTS.get("loss", "bce")
NeuralLayer = PARTS.get("layer", "neural_layer")


def make(seed=0, features=2, hidden=(16,), loss=None, optimizer=None, relu=ReLU, **options):
    rng = np.random.default_rng(seed)
    network = kit.Network.build(
        features,
        hidden,
        layer=NeuralLayer,
        hidden_activation=relu,
        output_activation=Sigmoid,
        rng=rng,
    )
    optimizer = optimizer or kit.SGD(0.3, 0.9)
    return kit.Trainer(network, loss or BinaryCrossEntropy(), optimizer, rng=rng, **options)


@pytest.fixture
def moons():
    return data.moons(256, np.random.default_rng(1))


@pytest.mark.parametrize(("dataset", "bar"), [("moons", 0.95), ("circles", 0.98), ("xor", 0.97)])
def test_the_solution_reaches_the_bar_on_fresh_points(dataset, bar):
    points = PARTS.get("dataset", dataset)
    trainer = make(epochs=40, batch_size=64)

    trainer.fit(*points(256, np.random.default_rng(1)))

    assert trainer.accuracy(*points(1000, np.random.default_rng(2))) >= bar


def test_a_step_moves_every_parameter_against_its_gradient(moons):
    trainer = make(optimizer=kit.SGD(0.1))
    x, y = moons
    start = [
        {name: value.copy() for name, value in step.items()} for step in trainer.network.parameters
    ]
    y_pred = trainer.network.forward(x)
    gradients = trainer.network.backward(trainer.loss.backward(y, y_pred))

    loss = trainer.step(x, y)

    assert loss == trainer.loss.forward(y, y_pred)
    for before, slopes, after in zip(start, gradients, trainer.network.parameters, strict=True):
        for name in before:
            np.testing.assert_allclose(after[name], before[name] - 0.1 * slopes[name], rtol=1e-12)


def test_parameters_are_updated_in_place_so_that_views_stay_views(moons):
    trainer = make()
    weights = trainer.network.steps[0].weights
    before = weights.copy()

    trainer.step(*moons)

    assert trainer.network.steps[0].weights is weights
    assert not np.array_equal(weights, before)


def test_all_gradients_are_there_before_the_first_update(moons):
    seen = []

    class Watching(kit.SGD):
        def update(self, param, grad, state):
            seen.append("update")
            return super().update(param, grad, state)

    class Telling(ReLU):
        def backward(self, grad, x, y):
            seen.append("backward")
            return super().backward(grad, x, y)

    make(optimizer=Watching(0.1), relu=Telling, hidden=(4, 4)).step(*moons)

    assert seen == ["backward"] * 2 + ["update"] * 6


def test_each_parameter_has_a_state_of_its_own_that_lasts(moons):
    states = []

    class Counting:
        def update(self, param, _grad, state):
            state["steps"] = state.get("steps", 0) + 1
            states.append(state)
            return param

    trainer = make(optimizer=Counting(), epochs=3, batch_size=None)

    trainer.fit(*moons)

    assert len({id(state) for state in states}) == 4
    assert [state["steps"] for state in states[:4]] == [3] * 4


def test_the_same_seed_gives_the_same_history_and_another_seed_another(moons):
    first, again, other = (make(seed, epochs=3).fit(*moons) for seed in (0, 0, 1))

    assert first == again
    assert first.loss != other.loss


def test_the_history_has_an_entry_for_each_epoch(moons):
    held_out = data.moons(100, np.random.default_rng(2))

    history = make(epochs=4).fit(*moons, held_out=held_out)

    assert len(history) == 4
    lengths = [history.loss, history.accuracy, history.held_out_loss, history.held_out_accuracy]
    assert [len(values) for values in lengths] == [4] * 4


def test_what_is_held_out_is_measured_after_the_epoch(moons):
    x, y = data.moons(100, np.random.default_rng(2))
    trainer = make(epochs=2)

    history = trainer.fit(*moons, held_out=(x, y))

    assert history.held_out_accuracy[-1] == trainer.accuracy(x, y)
    assert history.held_out_loss[-1] == trainer.loss.forward(y, trainer.network.forward(x))


def test_what_is_trained_on_is_measured_before_each_step(moons):
    x, y = moons
    trainer = make(epochs=2, batch_size=None)
    before = trainer.network.forward(x)

    history = trainer.fit(x, y)

    assert history.loss[0] == trainer.loss.forward(y, before)
    assert history.accuracy[0] == np.mean((before >= 0.5) == y)


def test_held_out_points_are_never_trained_on(moons):
    held_out = data.moons(100, np.random.default_rng(2))
    plain, watched = make(epochs=2), make(epochs=2)

    plain.fit(*moons)
    watched.fit(*moons, held_out=held_out)

    np.testing.assert_array_equal(plain.network.steps[0].weights, watched.network.steps[0].weights)


def test_each_point_is_seen_once_an_epoch_in_an_order_that_changes():
    x, y = np.arange(10.0)[:, None] / 10.0, np.zeros((10, 1))
    seen = []

    class Watching(NeuralLayer):
        def forward(self, x):
            if x.shape[1] == 1:
                seen.append(x[:, 0])
            return super().forward(x)

    rng = np.random.default_rng(0)
    network = kit.Network([Watching(1, 1, rng), Sigmoid()])
    trainer = kit.Trainer(
        network, BinaryCrossEntropy(), kit.SGD(0.3), epochs=2, batch_size=4, rng=rng
    )

    trainer.fit(x, y)

    assert [len(batch) for batch in seen] == [4, 4, 2] * 2
    first, second = np.concatenate(seen[:3]), np.concatenate(seen[3:])
    np.testing.assert_array_equal(np.sort(first), x[:, 0])
    np.testing.assert_array_equal(np.sort(second), x[:, 0])
    assert not np.array_equal(first, second)


@pytest.mark.parametrize("batch_size", [None, 256, 1000])
def test_one_batch_that_holds_all_points_is_not_shuffled(moons, batch_size):
    trainer = make(epochs=2, batch_size=batch_size)
    before = trainer.rng.bit_generator.state

    trainer.fit(*moons)

    assert trainer.rng.bit_generator.state == before


def test_callbacks_are_called_after_each_epoch_with_the_history_so_far(moons):
    told = []
    trainer = make(epochs=3, callbacks=[lambda epoch, history: told.append((epoch, len(history)))])

    trainer.fit(*moons)

    assert told == [(1, 1), (2, 2), (3, 3)]


def test_predictions_are_labels_in_a_column_and_follow_the_threshold(moons):
    x, _ = moons
    trainer = make(epochs=5)
    trainer.fit(*moons)

    labels = trainer.predict(x)

    assert labels.shape == (256, 1)
    assert set(np.unique(labels)) == {0.0, 1.0}
    assert trainer.predict(x, threshold=0.0).all()
    assert not trainer.predict(x, threshold=1.1).any()


def test_the_points_and_labels_handed_in_are_not_changed(moons):
    x, y = moons
    kept_x, kept_y = x.copy(), y.copy()

    make(epochs=2).fit(x, y)

    np.testing.assert_array_equal(x, kept_x)
    np.testing.assert_array_equal(y, kept_y)


def test_whole_numbers_are_taken_as_floats():
    x, y = np.array([[0, 1], [1, 0]]), np.array([[0], [1]])

    history = make(epochs=2).fit(x, y)

    assert len(history) == 2


X, Y = np.zeros((4, 2)), np.array([[0.0], [1.0], [0.0], [1.0]])


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (np.zeros((0, 2)), np.zeros((0, 1)), r"there is nothing to learn from: x is \(0, 2\)"),
        (np.zeros(4), Y, r"x is \(4,\), expected \(samples, features\)"),
        (X, Y[:, 0], r"labels are \(4,\), expected \(4, 1\): y.reshape\(-1, 1\)"),
        (X, Y[:3], r"labels are \(3, 1\), expected \(4, 1\)"),
        (X, Y * 2.0 - 1.0, "labels must be 0 or 1"),
        (X, Y * np.nan, "labels must be 0 or 1"),
        (X + np.inf, Y, "x holds a number that is not finite"),
        (X * np.nan, Y, "x holds a number that is not finite"),
        (np.array([["a", "b"]] * 4), Y, "x must hold numbers"),
    ],
)
def test_data_that_cannot_be_trained_on_is_refused_with_what_to_do(x, y, message):
    with pytest.raises(kit.UsageError, match=message):
        make().fit(x, y)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": 0}, "epochs must be a whole number from 1 up, not 0"),
        ({"epochs": 2.5}, "epochs must be a whole number"),
        ({"epochs": True}, "epochs must be a whole number"),
        ({"batch_size": 0}, "batch_size must be a whole number from 1 up, not 0"),
        ({"batch_size": -3}, "batch_size must be"),
    ],
)
def test_sizes_that_make_no_sense_are_refused(options, message):
    with pytest.raises(kit.UsageError, match=message):
        make(**options)


def test_a_seed_in_place_of_a_generator_is_refused():
    network = make().network

    with pytest.raises(kit.UsageError, match=r"rng must be a numpy.random.Generator, not 0"):
        kit.Trainer(network, BinaryCrossEntropy(), kit.SGD(), rng=0)


def loss_with(**methods):
    return type("Odd", (BinaryCrossEntropy,), methods)()


@pytest.mark.parametrize(
    ("loss", "error", "message"),
    [
        (
            loss_with(forward=lambda _self, y, _p: y * 0.5),
            kit.UsageError,
            r"loss Odd: forward must return one number, the mean; it returned an array \(4, 1\)",
        ),
        (
            loss_with(forward=lambda _self, y, _p: (0.5, y)),
            kit.UsageError,
            "it returned a tuple of float, ndarray",
        ),
        (
            loss_with(backward=lambda _self, y, _p: (0.5, y)),
            kit.ShapeError,
            r"loss Odd: backward returned a tuple of float, ndarray, expected \(4, 1\)",
        ),
        (
            loss_with(backward=lambda _self, _y, _p: None),
            kit.ShapeError,
            r"loss Odd: backward returned NoneType, expected \(4, 1\)",
        ),
        (
            loss_with(forward=lambda _self, _y, _p: None),
            kit.UsageError,
            "it returned NoneType",
        ),
        (
            loss_with(backward=lambda _self, y, _p: y[:, 0]),
            kit.ShapeError,
            r"loss Odd: backward returned \(4,\), expected \(4, 1\)",
        ),
        (
            loss_with(forward=lambda _self, _y, _p: float("nan")),
            kit.DivergedError,
            "in epoch 1, loss Odd is nan",
        ),
    ],
)
def test_a_loss_that_breaks_the_contract_is_named(loss, error, message):
    with pytest.raises(error, match=message):
        make(loss=loss).fit(X, Y)


def test_a_gradient_that_is_not_finite_is_traced_to_its_step_and_epoch(moons):
    class Bursting(ReLU):
        calls = 0

        def backward(self, grad, x, y):
            self.calls += 1
            return super().backward(grad, x, y) * (np.nan if self.calls == 3 else 1.0)

    trainer = make(relu=Bursting, epochs=5, batch_size=None)

    with pytest.raises(kit.DivergedError) as caught:
        trainer.fit(*moons)

    assert str(caught.value).startswith(
        "in epoch 3, the gradient of weights in layer Neural_layer, step 1 of the network "
        "is not finite"
    )


def test_nothing_is_updated_by_a_gradient_that_is_not_finite(moons):
    class Bursting(ReLU):
        def backward(self, grad, _x, _y):
            return grad * np.nan

    trainer = make(relu=Bursting)
    before = [value.copy() for step in trainer.network.parameters for value in step.values()]

    with pytest.raises(kit.DivergedError):
        trainer.step(*moons)

    after = [value for step in trainer.network.parameters for value in step.values()]
    for old, new in zip(before, after, strict=True):
        np.testing.assert_array_equal(old, new)


def test_an_optimizer_that_returns_another_shape_is_named(moons):
    class Summing:
        def update(self, param, _grad, _state):
            return param.sum(axis=0)

    with pytest.raises(kit.ShapeError, match=r"optimizer Summing: update returned \(16,\)"):
        make(optimizer=Summing()).step(*moons)


def test_a_network_with_several_outputs_does_not_fit_one_label_a_point(moons):
    rng = np.random.default_rng(0)
    network = kit.Network([NeuralLayer(2, 3, rng), Sigmoid()])
    trainer = kit.Trainer(network, BinaryCrossEntropy(), kit.SGD(), rng=rng)

    with pytest.raises(kit.ShapeError, match=r"the network returned \(32, 3\), labels are"):
        trainer.fit(*moons)
    with pytest.raises(kit.ShapeError, match=r"the network returned \(256, 3\), labels are"):
        trainer.accuracy(*moons)


def test_an_exception_of_a_part_gets_a_note_that_says_where_and_when(moons):
    class Failing(ReLU):
        calls = 0

        def backward(this, grad, x, y):  # noqa: N805 - a student may call it what they like
            this.calls += 1
            if this.calls == 3:
                raise RuntimeError("not today")
            return super().backward(grad, x, y)

    trainer = make(relu=Failing, epochs=5, batch_size=None)

    with pytest.raises(RuntimeError, match="not today") as caught:
        trainer.fit(*moons)

    assert caught.value.__notes__ == ["in activation Failing, step 2 of the network, epoch 3"]


def test_an_exception_of_a_loss_and_of_an_optimizer_gets_a_note_too(moons):
    def fail(*_arguments):
        raise RuntimeError("not today")

    class Failing(kit.SGD):
        def update(self, _param, _grad, _state):
            return fail()

    class Losing(BinaryCrossEntropy):
        def backward(self, _y_true, _y_pred):
            return fail()

    notes = []
    for options in ({"optimizer": Failing()}, {"loss": Losing()}):
        with pytest.raises(RuntimeError) as caught:
            make(**options).fit(*moons)
        notes += caught.value.__notes__

    assert notes == ["in optimizer Failing, epoch 1", "in loss Losing, epoch 1"]


class Returning:
    """An optimizer that returns one thing too many, at its third step."""

    def __init__(self, odd):
        self.odd, self.calls = odd, 0

    def update(self, param, grad, _state):
        self.calls += 1
        return self.odd(param) if self.calls == 9 else param - 0.1 * grad


@pytest.mark.parametrize(
    ("odd", "error", "came"),
    [
        (lambda _param: None, kit.UsageError, "None"),
        (lambda param: param * np.nan, kit.DivergedError, "a number that is not finite"),
        (lambda param: param.T[:1], kit.ShapeError, "(1, 2)"),
        (lambda _param: 0.5, kit.ShapeError, "()"),
        (lambda _param: [[1.0, 2.0], [3.0]], kit.ShapeError, "rows of different lengths"),
        (lambda param: param * 1j, kit.UsageError, "complex128 numbers"),
        (lambda param: param.astype(str), kit.UsageError, "<U32 numbers"),
    ],
)
def test_what_an_optimizer_returns_is_checked_in_its_step(moons, odd, error, came):
    trainer = make(optimizer=Returning(odd), epochs=5, batch_size=None)

    with pytest.raises(error) as caught:
        trainer.fit(*moons)

    assert trainer.optimizer.calls == 9
    assert (
        f"optimizer Returning: update returned {came} for weights in layer Neural_layer, "
        "step 1 of the network; it must return the next value, (2, 16)"
    ) in str(caught.value)
    assert np.isfinite(trainer.parameters.values).all()
