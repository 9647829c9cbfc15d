"""Hidden tests of the exercise Neural_layer, start values and forward: 10 points."""

import numpy as np
import pytest

from kit.testing.batches import all_sizes, look_alikes, mixed_sizes
from kit.testing.closeness import CheckFailed, assert_close, assert_unchanged, show
from kit.testing.parts import answers
from kit.testing.precision import a_little_more, assert_moves, held_by_float32
from kit.values import InMemory

pytestmark = pytest.mark.exercise("layer_forward")

FORWARD = "layer.forward(x)"
START = "Neural_layer(num_of_features, num_of_neurons, rng)"


def start_values(layers, *names):
    """Return attributes of the first layer, then of the next one, all asked together."""
    return answers([layer.question_for(name) for layer in layers for name in names])


def numbers(value, name, shapes):
    """Return a start value, after a look at its shape and its numbers."""
    asked = f"{START}: {name}"
    if not isinstance(value, np.ndarray) or value.shape not in shapes:
        came = f"shape {value.shape}" if isinstance(value, np.ndarray) else show(value)
        raise CheckFailed(asked, came=came, expected=f"an array of shape {shapes[0]}")
    if value.dtype.kind != "f" or not np.isfinite(value).all():
        raise CheckFailed(asked, came=show(value), expected="finite floats")
    return value


def weights(value, features, neurons):
    return numbers(value, "weights", [(features, neurons)])


def bias(value, neurons):
    return numbers(value, "bias", [(1, neurons), (neurons,)])


@pytest.mark.points(4, kind="value")
def test_forward_weighs_the_features_and_adds_the_bias(layers_with, rng):
    sizes = [(4, 3, 2), (1, 3, 5), (6, 1, 1), (5, 5, 5), (130, 2, 17)]
    xs = [9 * rng.standard_normal((samples, features)) for samples, features, _ in sizes]
    drawn = [
        (rng.standard_normal((features, neurons)), rng.standard_normal((1, neurons)))
        for _, features, neurons in sizes
    ]
    layers = layers_with(drawn)
    orders = ("F", "C", "C", "C", "strided")
    questions = []
    for layer, x, pair, order in zip(layers, xs, drawn, orders, strict=True):
        layer.set_parameters(*pair, order=order)
        questions.append(layer.question("forward", InMemory(x, order)))
    x, w, b = (held_by_float32(rng, shape) for shape in [(5, 5), (5, 5), (1, 5)])
    b *= 4  # so that none of both gets lost beside the other
    for moved, *pair in [
        (x, w, b),
        (a_little_more(x), a_little_more(w), b),
        (x, w, a_little_more(b)),
    ]:
        xs.append(moved)
        drawn.append(pair)
        layers[3].set_parameters(*pair)
        questions.append(layers[3].question("forward", moved))
    rights = [x @ w + b for x, (w, b) in zip(xs, drawn, strict=True)]

    ys = list(answers(questions))
    for x, (w, b), y, right in zip(xs, drawn, ys, rights, strict=True):
        assert_close(y, right, asked=FORWARD, given={"x": x, "weights": w, "bias": b})
    for number in (-2, -1):
        assert_moves((ys[-3], ys[number]), (rights[-3], rights[number]), asked=FORWARD)


@pytest.mark.points(1, kind="shape")
def test_weights_and_bias_have_one_place_a_feature_and_a_neuron(neural_layer):
    sizes = [(3, 2), (1, 4), (6, 1)]
    found = start_values([neural_layer(*size) for size in sizes], "parameters", "weights", "bias")

    for features, neurons in sizes:
        named = next(found)
        if not isinstance(named, tuple | list) or sorted(named) != ["bias", "weights"]:
            expected = '("weights", "bias")'
            raise CheckFailed("layer.parameters", came=show(named), expected=expected)
        weights(next(found), features, neurons)
        bias(next(found), neurons)


@pytest.mark.points(1, kind="start")
def test_neurons_start_different_from_each_other(neural_layer):
    sizes = [(4, 3), (2, 16), (16, 6), (5, 5)]
    layers = [neural_layer(*size, seed) for seed, size in enumerate(sizes)]

    for (features, neurons), value in zip(sizes, start_values(layers, "weights"), strict=True):
        start = weights(value, features, neurons)
        rank = np.linalg.matrix_rank(start)
        if rank < min(start.shape):
            expected = f"rank {min(start.shape)}: no neuron a copy of another"
            raise CheckFailed(START, came=f"rank {rank}: {show(start)}", expected=expected)


@pytest.mark.points(1, kind="start")
def test_start_values_come_from_the_generator_handed_in(student, neural_layer):
    seeded = [neural_layer(4, 3, seed) for seed in (7, 7, 8)]
    shared = student.generator(7)
    others = [(), (None,), (shared,), (shared,)]
    layers = [*seeded, *(student.make("layer:neural_layer", 4, 3, *rng) for rng in others)]

    found = (weights(value, 4, 3) for value in start_values(layers, "weights"))
    first, same, other, _, _, one, two = found  # without an rng, any start of that shape is right
    biases = [bias(value, 3) for value in start_values(seeded[:2], "bias")]

    if not np.array_equal(first, same):
        came = f"{show(first)} and {show(same)}"
        raise CheckFailed(f"{START} twice with one seed", came=came, expected="the same weights")
    if not np.array_equal(*biases):
        came = f"{show(biases[0])} and {show(biases[1])}"
        raise CheckFailed(f"{START} twice with one seed", came=came, expected="the same bias")
    for pair, asked in [
        ((first, other), "with two seeds"),
        ((one, two), "twice from one rng"),
    ]:
        if np.allclose(*pair):
            came = f"{show(pair[0])} and {show(pair[1])}"
            raise CheckFailed(f"{START} {asked}", came=came, expected="different weights")


@pytest.mark.points(1, kind="start")
def test_the_bias_starts_near_zero_and_the_weights_at_a_sane_size(neural_layer):
    layer = neural_layer(16, 24, 3)

    start = start_values([layer], "bias", "weights")
    shift, spread = bias(next(start), 24), weights(next(start), 16, 24).std()

    if np.abs(shift).max() > 0.5:
        raise CheckFailed(f"{START}: bias", came=show(shift), expected="numbers near zero")
    if not 1e-4 < spread < 3:
        came = f"a standard deviation of {spread:.3g}"
        raise CheckFailed(f"{START}: weights", came=came, expected="0.0001 to 3")


@pytest.mark.points(1, kind="purity")
def test_forward_leaves_its_input_and_parameters_alone(layers_with, rng):
    xs = all_sizes(rng, 4)
    w, b = mixed_sizes(rng, (4, 5)), mixed_sizes(rng, (1, 5))
    layer, narrow = layers_with([(w, b), (w[:1], b)])
    questions = [layer.question("forward", x, echoed=True) for x in xs]
    questions += map(layer.question_for, ("weights", "bias"))
    column = xs[0][:, :1]

    found = answers([*questions, narrow.question("forward", column, echoed=True)])
    for x in xs:
        assert_close(next(found), x @ w + b, asked=FORWARD)
        assert_unchanged(layer.echo[0], x, asked=FORWARD, name="x")
    assert_unchanged(next(found), w, asked=FORWARD, name="weights")
    assert_unchanged(np.reshape(next(found), b.shape), b, asked=FORWARD, name="bias")
    assert_close(next(found), column @ w[:1] + b, asked=FORWARD)
    assert_unchanged(narrow.echo[0], column, asked=FORWARD, name="x")


@pytest.mark.points(1, kind="state")
def test_forward_reads_the_parameters_at_each_call(layers_with, rng):
    w, b = rng.standard_normal((3, 4)), rng.standard_normal((1, 4))
    like = np.zeros((5, 6)), np.zeros((1, 6))
    layer, *others = layers_with([(w, b), like, like])
    questions, expected = [], []
    for samples in (5, 2):
        x = rng.standard_normal((samples, 3))
        for sign in (1, -1):
            x[1:] *= sign
            questions.append(layer.question("forward", x))
            expected.append(x @ w + b)
        w, b = w + 1, b - 1
        layer.set_parameters(w, b)
    for layer, x, w, b, in_place in alike(*others, rng):
        layer.set_parameters(w, b, in_place=in_place)
        handed = InMemory(x, place=1) if in_place else x
        questions.append(layer.question("forward", handed))
        expected.append(x @ w + b)

    for y, right in zip(answers(questions), expected, strict=True):
        assert_close(y, right, asked=FORWARD, given="a second batch")


def alike(layer, other, rng):
    """Yield layer, x, weights, bias and whether they change in place: each like the one before.

    The last is the other layer's, with the x of the one before and weights of its own.
    """
    xs, ws = look_alikes(rng, (6, 5))[2:], look_alikes(rng, (5, 6))[2:]
    bs = [each[2:3] for each in ws]
    steps = [(0, 0, 0), (1, 0, 0), (2, 0, 0), (2, 1, 0), (2, 2, 0), (2, 2, 1), (2, 2, 2)]
    for x, w, b in steps:
        yield layer, xs[x], ws[w], bs[b], True
    yield other, xs[2], ws[0], bs[2], False
