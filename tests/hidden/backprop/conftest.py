"""The student's parts as fixtures, and the ways of the kit: forward comes right before backward."""

import contextlib
import functools

import numpy as np
import pytest

from kit.errors import PartError
from kit.testing.batches import look_alikes
from kit.testing.closeness import CheckFailed, assert_close, assert_unchanged
from kit.testing.parts import PREVIOUS, answers
from kit.testing.precision import a_little_more, assert_moves, held_by_float32
from kit.values import InMemory, Previous, Seed

LARGE = 100  # rows
SMALL, MODERATE = 0.01, 5  # between them no formula is far from another


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
    """Hold forward against the right values, in every order of memory and in double precision.

    The last two batches are a small step apart.
    """

    def check(part, xs, right, asked):
        fine = held_by_float32(rng, (6, 5))
        batches = [*xs, fine, a_little_more(fine)]
        ys = list(answers([part.question("forward", x) for x in in_any_order(batches)]))
        for x, y in zip(batches, ys, strict=True):
            assert_close(y, right(x), asked=asked, given={"x": x})
        assert_moves(ys[-2:], [right(x) for x in batches[-2:]], asked=asked)

    return check


@pytest.fixture
def check_slopes(rng):
    """Hold backward against the right slopes, with the y of the student's own forward.

    Where that fails, the right y has a second try: a mistake in forward is charged where forward
    is looked at, and once. The last two batches are a small step apart.
    """

    def check(part, xs, grads, right_forward, right_slope, asked):
        fine, fine_grad = (held_by_float32(rng, (6, 5)) for _ in range(2))
        xs, grads = [*xs, fine, a_little_more(fine)], [*grads, fine_grad, a_little_more(fine_grad)]
        handed = [*zip(in_any_order(xs), in_any_order(grads), strict=True)]
        expected = [grad * right_slope(x) for x, grad in zip(xs, grads, strict=True)]

        def hold(answered):
            for x, grad, dx, right in zip(xs, grads, answered, expected, strict=True):
                assert_close(dx, right, asked=asked, given={"x": x, "grad": grad})
            assert_moves(answered[-2:], expected[-2:], asked=asked)

        try:
            hold([dx for _, dx in forward_and_backward(part, *zip(*handed, strict=True))])
        except (PartError, CheckFailed) as error:
            questions = [
                part.question("backward", grad, x, lying_like(x, right_forward(batch)), first=[x])
                for batch, (x, grad) in zip(xs, handed, strict=True)
            ]
            with contextlib.suppress(PartError, CheckFailed):
                return hold(list(answers(questions)))
            raise error from None

    return check


def in_any_order(arrays):
    """Return arrays to hand over: the first in Fortran order, large ones out of a larger one."""
    first, *others = arrays
    strided = [InMemory(each, "strided") if len(each) > LARGE else each for each in others]
    return [InMemory(first, "F"), *strided]


@pytest.fixture
def check_new_batches(rng):
    """Hold forward and backward for batches that a memo takes for one another, one by one."""

    def check(part, right_forward, right_slope, forward, backward):
        other = look_alikes(rng, (5, 4))[0]
        xs, handed, grads, handed_grads = zip(*alike(rng, other), strict=True)
        found = forward_and_backward(part, handed, handed_grads, predicted=[other])
        for x, grad, (y, dx) in zip(xs, grads, found, strict=True):
            assert_close(y, right_forward(x), asked=forward, given="a second batch")
            assert_close(dx, grad * right_slope(x), asked=backward, given="a second batch")

    return check


def alike(rng, other):
    """Yield x and grad that are like the ones before, each as it is and as it is handed over.

    Near the end come those of another shape, and the first once more.
    """
    xs, grads = (look_alikes(rng, (6, 4)) for _ in range(2))
    large = look_alikes(rng, (40, 26))[:2]
    yield from ((x, InMemory(x, place=1), grads[2], InMemory(grads[2], place=2)) for x in xs[:5])
    yield xs[4], InMemory(xs[4], place=1), grads[3], InMemory(grads[3], place=2)
    yield from ((x, x, large[0], large[0]) for x in large)
    yield from ((x, x, x, x) for x in (other, xs[0]))


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


def lying(array, order="C", place=0):
    """Return an array as it lies in memory, without a word where it lies as usual."""
    return array if order == "C" and not place else InMemory(array, order, place)


def lying_like(x, y):
    """Return y, in memory as x is: in the same order, and in a place of its own."""
    if not isinstance(x, InMemory):
        return y
    return InMemory(y, x.order, place=x.place and x.place + 10)


@pytest.fixture
def check_input_untouched():
    """Hold forward's x against what it was, whatever numbers are in it."""

    def check(part, xs, right, asked):
        found = answers([part.question("forward", x, echoed=True) for x in xs])
        for x, y in zip(xs, found, strict=True):
            assert_close(where_moderate(x, y, right(x)), right(x), asked=asked)
            assert_unchanged(part.echo[0], x, asked=asked, name="x")

    return also_without_large_numbers(check)


@pytest.fixture
def check_untouched(rng):
    """Hold backward's x and y against what they were, whatever numbers are in them."""

    def check(part, xs, right_slope, asked):
        grads = [50 * rng.standard_normal(x.shape) * (x != 0) for x in xs]  # at 0 a slope is free
        found = forward_and_backward(part, xs, grads, echoed=True)
        for x, grad, (y, dx) in zip(xs, grads, found, strict=True):
            right = grad * right_slope(x)
            assert_close(where_moderate(x, dx, right), right, asked=asked)
            assert_unchanged(part.echo[1], x, asked=asked, name="x")
            assert_unchanged(part.echo[2], y, asked=asked, name="y")

    return also_without_large_numbers(check)


def also_without_large_numbers(check):
    """Return a check that a part may try again with moderate numbers, where it raises for large."""

    def check_twice(part, xs, *others):
        try:
            check(part, xs, *others)
        except PartError:
            check(part, [np.clip(x, -MODERATE, MODERATE) for x in xs], *others)

    return check_twice


def where_moderate(x, answer, right):
    """Return an answer, and the right one where x is nearly zero or large.

    A mistake there has a check of its own, and is charged once.
    """
    if not isinstance(answer, np.ndarray) or (answer.shape, answer.dtype) != (x.shape, float):
        return answer
    return np.where((np.abs(x) > SMALL) & (np.abs(x) < MODERATE), answer, right)


@pytest.fixture
def turns():
    """Return backward of two parts, for x and for other, after both have had forward."""

    def take(first, second, x, other, grad):
        questions = [first.question("forward", x), second.question("forward", other)]
        questions.append(first.question("backward", grad, x, Previous(2)))
        questions.append(second.question("backward", grad, other, Previous(2)))
        return list(answers(questions))[2:]

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

    def set_parameters(self, weights, bias, *, turned=False, order="C", in_place=False):
        """Set both, in some order of memory, or in the arrays that were set so before."""
        shape = self.bias_shape(turned=turned)  # before the part is asked to be another one
        self.part.set("weights", lying(weights, order, 21 * in_place))
        self.part.set("bias", lying(bias.reshape(shape), order, 22 * in_place))

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
