"""The student's parts as fixtures, and the ways of the kit: forward comes right before backward."""

import contextlib
import functools

import numpy as np
import pytest

from kit.errors import PartError
from kit.testing.batches import in_other_orders, look_alikes
from kit.testing.closeness import CheckFailed, assert_close, assert_unchanged
from kit.testing.parts import PREVIOUS, answers
from kit.testing.precision import a_little_more, assert_moves, held_by_float32
from kit.values import InMemory, Previous, Seed


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
def check_values(rng):
    """Hold forward against the right values, in every order of memory and in double precision."""

    def check(part, xs, right, asked):
        fine = held_by_float32(rng, (6, 5))
        batches = [*xs, xs[0], xs[0], fine, a_little_more(fine)]
        handed = [*xs, *in_other_orders(xs[0]), *batches[-2:]]
        ys = list(answers([part.question("forward", x) for x in handed]))
        for x, y in zip(batches, ys, strict=True):
            assert_close(y, right(x), asked=asked, given={"x": x})
        assert_moves(ys[-2:], [right(x) for x in batches[-2:]], asked=asked)

    return check


@pytest.fixture
def check_slopes(rng):
    """Hold backward against the right slopes, with the y of the student's own forward.

    Where that fails, the right y has a second try: a mistake in forward is charged where forward
    is looked at, and once.
    """

    def check(part, xs, grads, right_forward, right_slope, asked):
        fine, fine_grad = (held_by_float32(rng, (6, 5)) for _ in range(2))
        batches = [*xs, xs[0], xs[0], fine, fine, a_little_more(fine)]
        slopes = [*grads, grads[0], grads[0], fine_grad, a_little_more(fine_grad), fine_grad]
        handed = [*xs, *in_other_orders(xs[0]), *batches[-3:]]
        handed_grads = [*grads, *in_other_orders(grads[0]), *slopes[-3:]]
        expected = [g * right_slope(x) for x, g in zip(batches, slopes, strict=True)]

        def hold(answered):
            for x, grad, dx, right in zip(batches, slopes, answered, expected, strict=True):
                assert_close(dx, right, asked=asked, given={"x": x, "grad": grad})
            for moved in (-2, -1):
                came, right = ([each[-3], each[moved]] for each in (answered, expected))
                assert_moves(came, right, asked=asked)

        try:
            hold([dx for _, dx in forward_and_backward(part, handed, handed_grads)])
        except (PartError, CheckFailed) as error:
            questions = [
                part.question("backward", grad, x, lying_like(x, right_forward(batch)), first=[x])
                for batch, x, grad in zip(batches, handed, handed_grads, strict=True)
            ]
            with contextlib.suppress(PartError, CheckFailed):
                return hold(list(answers(questions)))
            raise error from None

    return check


@pytest.fixture
def check_new_batches(rng):
    """Hold forward and backward for batches that a memo takes for one another, one by one."""

    def check(part, right_forward, right_slope, forward, backward):
        steps = []
        for shape, count in [((6, 4), 7), ((40, 26), 2)]:
            xs, grads = (look_alikes(rng, shape)[:count] for _ in range(2))
            steps += [(x, x, grads[0], grads[0]) for x in xs]
            steps += [(x, InMemory(x, place=1), grads[0], grads[0]) for x in xs[:3]]
            steps += [(xs[-1], xs[-1], grad, InMemory(grad, place=2)) for grad in grads]
        batches, handed, slopes, handed_grads = zip(*steps, strict=True)
        found = forward_and_backward(part, handed, handed_grads)
        for x, grad, (y, dx) in zip(batches, slopes, found, strict=True):
            assert_close(y, right_forward(x), asked=forward, given="a second batch")
            assert_close(dx, grad * right_slope(x), asked=backward, given="a second batch")

    return check


@pytest.fixture
def both():
    """Return forward's and backward's answer for each batch, in the order of training.

    Before them comes a batch that no backward follows, as in a prediction, if there is one.
    """
    return forward_and_backward


def forward_and_backward(part, xs, grads, predicted=(), *, echoed=False):
    questions = [part.question("forward", x) for x in predicted]
    for x, grad in zip(xs, grads, strict=True):
        questions.append(part.question("forward", x))
        y = lying_like(x, PREVIOUS)
        questions.append(part.question("backward", grad, x, y, echoed=echoed))
    found = answers(questions)
    for _ in predicted:
        next(found)
    return zip(found, found, strict=True)


def lying_like(x, y):
    """Return y, in memory as x is: in the same order, and in a place of its own."""
    if not isinstance(x, InMemory):
        return y
    return InMemory(y, x.order, place=x.place and x.place + 10)


@pytest.fixture
def check_untouched(rng):
    """Hold backward's x and y against what they were, whatever numbers are in them."""

    def check(part, xs, right_slope, asked):
        grads = [50 * rng.standard_normal(x.shape) * (x != 0) for x in xs]  # at 0 a slope is free
        found = forward_and_backward(part, xs, grads, echoed=True)
        for x, grad, (y, dx) in zip(xs, grads, found, strict=True):
            assert_close(dx, grad * right_slope(x), asked=asked)
            assert_unchanged(part.echo[1], x, asked=asked, name="x")
            assert_unchanged(part.echo[2], y, asked=asked, name="y")

    return check


@pytest.fixture
def turns():
    """Return the first part's backward, for x, after the second has had forward and backward.

    Then once more, with the second part's backward at the end.
    """

    def take(first, second, x, other, grad):
        forwards = [first.question("forward", x), second.question("forward", other)]
        theirs = [second.question("backward", grad, other, PREVIOUS)]
        mine = first.question("backward", grad, x, Previous(3))
        again = [first.question("backward", grad, x, Previous(2))]
        again.append(second.question("backward", grad, other, Previous(2)))
        found = list(answers([*forwards, *theirs, mine, *forwards, *again]))
        return found[3], found[6], found[7]

    return take


@pytest.fixture
def neural_layer(student):
    """Make a layer of the student's with a seed for its generator."""

    def make(features, neurons, seed=0):
        return student.make("layer:neural_layer", features, neurons, Seed(seed))

    return make


@pytest.fixture
def layers_with(student, neural_layer):
    """Make layers and give them weights and biases, so that their start values do not matter."""

    def make(parameters):
        layers = [SetLayer(student, neural_layer, *pair) for pair in parameters]
        with contextlib.suppress(PartError):  # each finds out for itself then
            for layer, bias in zip(
                layers, answers([layer.question_for("bias") for layer in layers]), strict=True
            ):
                layer.own_bias_shape = bias.shape if isinstance(bias, np.ndarray) else None
        for layer, pair in zip(layers, parameters, strict=True):
            layer.set_parameters(*pair)
        return layers

    return make


@pytest.fixture
def layer_with(layers_with):
    def make(weights, bias):
        [layer] = layers_with([(weights, bias)])
        return layer

    return make


class SetLayer:
    """A layer whose parameters the test sets: the bias as (n,) where the student chose that.

    A bias of (n, 1) goes with weights that lie on their side, and is set as such along with them.

    A start that fails costs its own checks, not these: then the object is made without one.
    """

    def __init__(self, student, neural_layer, weights, bias):
        self.student, self.size = student, bias.size
        self.make_fresh = functools.partial(neural_layer, *weights.shape)
        try:
            self.part = self.make_fresh()
        except PartError:
            self.part = student.bare("layer:neural_layer")

    @functools.cached_property
    def own_bias_shape(self):
        try:
            return shape_of(self.part, "bias")
        except PartError:
            self.part = self.student.bare("layer:neural_layer")
        return None

    @property
    def has_column(self):
        return self.own_bias_shape == (self.size, 1)

    def bias_shape(self, *, turned=False):
        if self.own_bias_shape == (self.size,):
            return (self.size,)
        return (self.size, 1) if turned and self.has_column else (1, self.size)

    def set_parameters(self, weights, bias, *, turned=False):
        shape = self.bias_shape(turned=turned)  # before the part is asked to be another one
        self.part.set("weights", weights)
        self.part.set("bias", bias.reshape(shape))

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
