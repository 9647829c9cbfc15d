import kit_fast
import numpy as np
import pytest
from kit_fast.losses import SigmoidCrossEntropy, SoftmaxCrossEntropy

ACTIVATIONS = [kit_fast.ReLU, kit_fast.Tanh, kit_fast.Sigmoid, kit_fast.Softmax]
BOUND = [kit_fast.ReLU, kit_fast.Tanh]


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def slopes(function, x, step=1e-6):
    found = np.empty_like(x)
    for index in np.ndindex(*x.shape):
        above, below = x.copy(), x.copy()
        above[index] += step
        below[index] -= step
        found[index] = (function(above) - function(below)) / (2.0 * step)
    return found


def test_the_package_names_its_parts():
    assert kit_fast.kit_activations()["relu"] is kit_fast.ReLU
    assert kit_fast.kit_layers() == {"dense": kit_fast.Dense, "neural_layer": kit_fast.Dense}
    assert kit_fast.kit_losses()["bce"] is kit_fast.BinaryCrossEntropy


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_backward_is_the_slope_of_forward_times_the_incoming_gradient(activation, rng):
    part, x, grad = activation(), rng.standard_normal((6, 5)), rng.standard_normal((6, 5))

    dx = part.backward(grad.copy(), x, part.forward(x))

    expected = slopes(lambda moved: np.sum(grad * part.forward(moved)), x)
    np.testing.assert_allclose(dx, expected, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_out_is_filled_and_returned_and_inputs_stay(activation, dtype, rng):
    part = activation()
    x, grad = (rng.standard_normal((6, 5)).astype(dtype) for _ in range(2))
    kept, y = x.copy(), part.forward(x)
    places = np.empty_like(x), np.empty_like(x)

    assert part.forward(x, out=places[0]) is places[0]
    assert part.backward(grad, x, y, out=places[1]) is places[1]

    np.testing.assert_array_equal(places[0], y)
    np.testing.assert_array_equal(places[1], part.backward(grad, x, y))
    np.testing.assert_array_equal(x, kept)
    assert y.dtype == dtype


@pytest.mark.parametrize("activation", BOUND)
@pytest.mark.parametrize("shape", [(8, 4), (300, 40)])
@pytest.mark.parametrize("order", ["C", "F"])
def test_bound_calls_do_what_forward_and_backward_do(activation, shape, order, rng):
    part = activation()
    x, grad = (np.asarray(rng.standard_normal(shape), order=order) for _ in range(2))
    y, dx = np.empty_like(x), np.empty_like(x)
    forward, backward = part.bind(x, y, grad, dx)

    for call in [*forward, *backward]:
        call()

    np.testing.assert_array_equal(y, part.forward(x))
    np.testing.assert_allclose(dx, part.backward(grad, x, y), rtol=1e-14)


def test_the_layer_gives_the_gradients_of_its_products(rng):
    layer, x, grad = kit_fast.Dense(3, 4, rng), rng.standard_normal((6, 3)), np.ones((6, 4))
    layer.bias = rng.standard_normal((1, 4))

    dx, own = layer.backward(grad, x)

    np.testing.assert_allclose(layer.forward(x), x @ layer.weights + layer.bias)
    np.testing.assert_allclose(dx, grad @ layer.weights.T)
    np.testing.assert_allclose(own["weights"], x.T @ grad)
    np.testing.assert_allclose(own["bias"], grad.sum(axis=0, keepdims=True))
    assert layer.backward(grad, x, need_input_grad=False)[0] is None


@pytest.mark.parametrize("neurons", [1, 4])
@pytest.mark.parametrize("ones", [True, False])
@pytest.mark.parametrize("order", ["C", "F"])
def test_bound_calls_of_the_layer_do_the_same(rng, order, ones, neurons):
    layer = kit_fast.Dense(3, neurons, rng)
    layer.bias = rng.standard_normal((1, neurons))
    x, grad = rng.standard_normal((6, 3)), rng.standard_normal((6, neurons))
    vector = np.concatenate([layer.weights.ravel(), layer.bias.ravel()])
    gradients, y, dx = np.empty_like(vector), np.empty_like(grad, order=order), np.empty((6, 3))
    given, dx = np.hstack([x, np.ones((6, int(ones)))]), np.asarray(dx, order=order)
    forward, backward = layer.bind(
        np.asarray(given, order=order), y, np.asarray(grad, order=order), dx, vector, gradients
    )

    for call in [*forward, *backward]:
        call()

    expected_dx, own = layer.backward(grad, x)
    np.testing.assert_allclose(y, layer.forward(x), rtol=1e-12)
    np.testing.assert_allclose(dx, expected_dx, rtol=1e-12)
    np.testing.assert_allclose(
        gradients, np.concatenate([own["weights"].ravel(), own["bias"].ravel()]), rtol=1e-12
    )


PAIRS = [
    (kit_fast.BinaryCrossEntropy(), kit_fast.Sigmoid(), (7, 1)),
    (kit_fast.CategoricalCrossEntropy(), kit_fast.Softmax(), (7, 3)),
]


def some_labels(shape, rng):
    if shape[1] == 1:
        return rng.integers(0, 2, shape).astype(float)
    return np.eye(shape[1])[rng.integers(0, shape[1], shape[0])]


@pytest.mark.parametrize(("loss", "activation", "shape"), PAIRS)
def test_loss_and_activation_in_one_are_the_two_after_each_other(loss, activation, shape, rng):
    pair, x, y_true = loss.fuse(activation), rng.uniform(-8, 8, shape), some_labels(shape, rng)
    y = activation.forward(x)

    value = pair.forward(pair.labels(y_true), x)
    dx = pair.backward(pair.labels(y_true), x)

    assert value == pytest.approx(loss.forward(y_true, y), rel=1e-12)
    expected = activation.backward(loss.backward(y_true, y), x, y)
    np.testing.assert_allclose(dx, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("loss", "activation", "shape"), PAIRS)
def test_a_pair_tells_the_losses_of_several_epochs_apart(loss, activation, shape, rng):
    pair, x = loss.fuse(activation), rng.standard_normal((4, *shape))
    labels = pair.labels(some_labels(shape, rng))

    together = pair.forward(np.broadcast_to(labels, x.shape), x, axis=(1, 2))

    np.testing.assert_allclose(together, [pair.forward(labels, each) for each in x], rtol=1e-12)


def test_a_pair_is_offered_for_its_own_activation_only():
    assert isinstance(kit_fast.BinaryCrossEntropy().fuse(kit_fast.Sigmoid()), SigmoidCrossEntropy)
    assert isinstance(
        kit_fast.CategoricalCrossEntropy().fuse(kit_fast.Softmax()), SoftmaxCrossEntropy
    )
    assert kit_fast.BinaryCrossEntropy().fuse(kit_fast.Tanh()) is None
    assert kit_fast.CategoricalCrossEntropy().fuse(kit_fast.Sigmoid()) is None


def test_a_pair_is_right_where_a_sigmoid_is_saturated_and_at_exactly_zero():
    pair, x = SigmoidCrossEntropy(), np.array([[800.0], [-800.0], [0.0]])
    labels = pair.labels(np.array([[0.0], [1.0], [1.0]]))

    assert pair.forward(labels, x) == pytest.approx((1600.0 + np.log(2.0)) / 3.0)
    np.testing.assert_allclose(pair.backward(labels, x) * 3.0, [[1.0], [-1.0], [-0.5]])
