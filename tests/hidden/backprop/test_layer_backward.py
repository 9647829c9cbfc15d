"""Hidden tests of the exercise Neural_layer, backward: 25 points.

The right answers follow from the weights that the test sets, so a wrong forward or a wrong start
costs nothing here.
"""

import contextlib
import weakref

import numpy as np
import pytest

from kit.errors import PartError
from kit.testing.batches import all_sizes, look_alikes, mixed_sizes
from kit.testing.closeness import CheckFailed, assert_close, assert_unchanged, show
from kit.testing.parts import answers
from kit.testing.precision import a_little_more, assert_moves, held_by_float32
from kit.values import InMemory

pytestmark = pytest.mark.exercise("layer_backward")

BACKWARD = "layer.backward(grad, x)"
NAMES = ("weights", "bias")
ANSWERED = weakref.WeakKeyDictionary()  # cases and answers, or an error, by who gave them
SIZES = [(4, 3, 2), (130, 2, 17), (2, 5, 1), (6, 1, 3), (1, 4, 2), (5, 3, 3), (4, 2, 4)]


class Case:
    """A layer with set weights, a batch and an incoming gradient, all random.

    `order` is that of the arrays in memory; those that are `in_place` are the arrays of the case
    before, with other numbers. `turned` says that the student keeps the weights as (neurons, features) all through: that costs
    its points where start values and forward are checked, not here.
    """

    turned = False

    def __init__(self, layer, weights, bias, x, grad, *, order="C", in_place=False):
        self.layer, self.weights, self.bias, self.x, self.grad = layer, weights, bias, x, grad
        self.order, self.in_place = order, in_place

    def twin(self, **changes):
        """Return a case with the same layer, and something else about it."""
        about = {"weights": self.weights, "bias": self.bias, "x": self.x, "grad": self.grad}
        return Case(self.layer, **about | changes)

    @property
    def words(self):
        given = {"x": self.x, "grad": self.grad, "weights": self.weights}
        return {"asked": BACKWARD, "given": given}

    def set_parameters(self):
        more = {"turned": self.turned, "order": self.order, "in_place": self.in_place}
        self.layer.set_parameters(self.stored, self.bias, **more)

    @property
    def handed(self):
        """The gradient and x, as they are handed over."""
        if self.order == "C" and not self.in_place:
            return self.grad, self.x
        places = (1, 2) if self.in_place else (0, 0)
        return tuple(map(InMemory, (self.grad, self.x), [self.order] * 2, places))

    def question(self, **more):
        """Ask for backward as the kit does: right after forward, which may fail here."""
        self.set_parameters()
        grad, x = self.handed
        return self.layer.question("backward", grad, x, first=[x], **more)

    def questions_and(self, *attributes):
        """Ask for backward, and then for attributes of the layer."""
        return [self.question(echoed=True), *map(self.layer.question_for, attributes)]

    def take_and(self, found, *attributes):
        """Return backward's answer, its arguments after the call, and then the attributes."""
        answer = self.unpacked(next(found))
        return answer, self.layer.echo, *[next(found) for _ in attributes]

    def backward(self):
        """Return dL/dx and the gradients, turned where the student's weights are."""
        return self.backward_and()[0]

    def backward_and(self, *attributes):
        """Return the same, its arguments after the call, and then attributes of the layer."""
        try:
            return self.take_and(answers(self.questions_and(*attributes)), *attributes)
        except PartError:
            self.turn()
            return self.backward_and(*attributes)

    def turn(self):
        """Have the weights on their side, if that is how the student starts."""
        if self.turned or not self.layer.starts_as(self.weights.T.shape):
            raise  # noqa: PLE0704 - the error that is being handled
        self.turned = True

    def turned_like_others(self):
        """Ask again where square weights have hidden on which side they lie."""
        self.turned = True
        return self.backward()

    def forward_question(self):
        """Ask for forward, which may change the parameters: that costs its own checks."""
        self.set_parameters()
        return self.layer.question("forward", self.handed[1])

    def backward_question(self):
        """Ask for backward, for the batch that forward has seen last."""
        self.set_parameters()
        return self.layer.question("backward", *self.handed)

    def forward(self):
        """Call forward, which may fail."""
        with contextlib.suppress(PartError):
            list(answers([self.forward_question()]))

    def answer(self):
        """Return backward's answer for the batch that forward has seen last."""
        try:
            return self.unpacked(*answers([self.backward_question()]))
        except PartError:
            self.turn()
            return self.backward()

    def unpacked(self, answer):
        dx, gradients = unpacked(answer)
        if self.turned:
            gradients["weights"] = np.transpose(gradients["weights"])
        return dx, gradients

    @property
    def stored(self):
        """The weights as the layer keeps them."""
        return self.weights.T if self.turned else self.weights

    def check(self, answer):
        for name in ("x", *NAMES):
            assert_close(self.output(answer, name), self.right(name), **self.words)

    def right(self, name):
        """Return what backward has to; the bias has the shape of the student's own."""
        if name == "bias":
            return self.grad.sum(axis=0).reshape(self.layer.bias_shape(turned=self.turned))
        return self.grad @ self.weights.T if name == "x" else self.x.T @ self.grad

    def output(self, answer, name):
        """Return a part of backward's answer.

        A column of the bias beside weights that lie as they should costs its point where the start
        is checked.
        """
        dx, gradients = answer
        found = dx if name == "x" else gradients[name]
        column = name == "bias" and self.layer.has_column and not self.turned
        return np.reshape(found, (1, -1)) if column and np.ndim(found) == 2 else found


def backwards(cases, predicted=()):
    """Return the answer of each case, asked together; one by one where one of them fails.

    Before them come forwards that no backward follows, as in a prediction, if there are some.
    """
    try:
        questions = [case.forward_question() for case in predicted]
        found = list(answers(questions + [case.question() for case in cases]))[len(questions) :]
    except PartError:
        for case in predicted:
            case.forward()
        found = [case.backward() for case in cases]
        turned = any(case.turned for case in cases)
        return [
            case.turned_like_others() if turned else answer
            for case, answer in zip(cases, found, strict=True)
        ]
    return [case.unpacked(answer) for case, answer in zip(cases, found, strict=True)]


def backwards_and(cases, *attributes):
    """Return for each case what `backward_and` does, asked together where none of them fails."""
    try:
        found = answers([each for case in cases for each in case.questions_and(*attributes)])
        return [case.take_and(found, *attributes) for case in cases]
    except PartError:
        return [_like_the_first(case, cases).backward_and(*attributes) for case in cases]


def _like_the_first(case, cases):
    case.turned = cases[0].turned  # square weights do not tell on which side they lie
    return case


def unpacked(answer):
    right = isinstance(answer, tuple | list) and len(answer) == 2 and isinstance(answer[1], dict)
    if not right:
        expected = 'dL/dx and {"weights": ..., "bias": ...}'
        raise CheckFailed(BACKWARD, came=show(answer), expected=expected)
    return answer[0], {"weights": None, "bias": None, **answer[1]}


@pytest.fixture
def cases_of(layers_with, rng):
    """Draw cases of some sizes: samples, features, neurons."""

    def make(sizes):
        drawn = [
            (rng.standard_normal((features, neurons)), rng.standard_normal((1, neurons)))
            for _, features, neurons in sizes
        ]
        batches = [
            (rng.standard_normal((samples, features)), rng.standard_normal((samples, neurons)))
            for samples, features, neurons in sizes
        ]
        made = zip(layers_with(drawn), drawn, batches, strict=True)
        return [Case(layer, *pair, *batch) for layer, pair, batch in made]

    return make


@pytest.fixture
def answered(student, cases_of, rng):
    """Return cases with backward's answers: asked once, for three checks look at them."""

    def ask():
        cases = cases_of(SIZES)
        cases[0].order, cases[1].order = "F", "strided"
        cases += steps_apart(cases[0], rng)
        try:
            return list(zip(cases, backwards(cases), strict=True))
        except (PartError, CheckFailed) as error:
            return error

    def look():
        if student.bench not in ANSWERED:
            ANSWERED[student.bench] = ask()
        found = ANSWERED[student.bench]
        if isinstance(found, Exception):
            raise found
        return found

    return look


@pytest.mark.points(6, kind="gradient")
def test_backward_hands_the_gradient_on_to_the_input(answered):
    check_each(answered(), "x")


@pytest.mark.points(6, kind="gradient")
def test_backward_sums_the_gradient_of_the_weights_over_the_batch(answered):
    check_each(answered(), "weights")


@pytest.mark.points(6, kind="gradient")
def test_backward_sums_the_gradient_of_the_bias_over_the_batch(answered):
    check_each(answered(), "bias")


def check_each(answered, name):
    """Hold one output of each case against the right one; the last two are a small step apart."""
    came = [case.output(answer, name) for case, answer in answered]
    right = [case.right(name) for case, _ in answered]
    for (case, _), found, expected in zip(answered, came, right, strict=True):
        assert_close(found, expected, **case.words)
    assert_moves(came[-2:], right[-2:], asked=BACKWARD)


def steps_apart(case, rng):
    """Yield a case of numbers that float32 holds, and the same a small step farther."""
    sizes = {name: getattr(case, name).shape for name in ("weights", "x", "grad")}
    first = {name: held_by_float32(rng, shape) for name, shape in sizes.items()}
    yield case.twin(**first)
    yield case.twin(**{name: a_little_more(held) for name, held in first.items()})


@pytest.mark.points(3, kind="state")
def test_backward_gives_the_same_answer_again_and_a_new_one_for_a_new_batch(cases_of, rng):
    case, layer = cases_of([SIZES[0], (6, 5, 6)])
    similar_x, similar_grad = case.x.copy(), case.grad.copy()
    similar_x[1:] *= -1
    similar_grad[1:] *= 2
    x = rng.standard_normal((3, case.x.shape[1]))
    grad = rng.standard_normal((3, case.grad.shape[1]))
    new = case.twin(x=x, grad=grad)
    steps = [case, case.twin(), case.twin(x=similar_x, grad=similar_grad), new]
    steps += [new.twin(weights=case.weights + 1), *alike(layer, rng)]

    for step, answer in zip(steps, backwards(steps, [new]), strict=True):
        step.check(answer)


def alike(case, rng):
    """Yield cases of a layer of which each is easily taken for the one before."""
    numbers = {
        "x": look_alikes(rng, (6, 5))[2:5],
        "grad": look_alikes(rng, (6, 6))[2:5],
        "weights": look_alikes(rng, (5, 6))[2:5],
    }
    now = {name: each[0] for name, each in numbers.items()}
    yield case.twin(**now, in_place=True)
    for name, each in numbers.items():
        for now[name] in each[1:]:
            yield case.twin(**now, in_place=True)


@pytest.mark.points(2, kind="purity")
def test_backward_updates_nothing(cases_of, rng):
    first, *others = cases_of([(4, 3, 5), (5, 1, 3), (5, 3, 3)])
    cases = []
    for x in all_sizes(rng, 3):
        parameters = {name: mixed_sizes(rng, getattr(first, name).shape) for name in NAMES}
        cases.append(first.twin(x=x, grad=rng.standard_normal((len(x), 5)), **parameters))
    cases += others
    found = backwards_and(cases, *NAMES)
    for case, (answer, echo, weights, bias) in zip(cases, found, strict=True):
        case.check(answer)
        assert_unchanged(echo[1], case.x, asked=BACKWARD, name="x")
        assert_unchanged(weights, case.stored, asked=BACKWARD, name="weights")
        assert_unchanged(np.reshape(bias, (1, -1)), case.bias, asked=BACKWARD, name="bias")


@pytest.mark.points(2, kind="state")
def test_two_layers_do_not_share_what_they_keep(cases_of):
    first, second = cases_of([(4, 3, 2), (4, 3, 2)])
    same = second.twin(x=first.x, grad=first.grad)  # and weights of its own

    for case, answer in in_turns([([first, second], [first, second]), ([same], [same])]):
        case.check(answer)


def in_turns(turns):
    """Return cases and backward's answers: in each turn some forwards, then some backwards."""
    questions, asked = [], []
    for forwards, then in turns:
        questions += [case.forward_question() for case in forwards]
        questions += [case.backward_question() for case in then]
        asked += [None] * len(forwards) + then
    try:
        found = list(answers(questions))
    except PartError:
        return [each for turn in turns for each in one_by_one(*turn)]
    pairs = zip(asked, found, strict=True)
    return [(case, case.unpacked(reply)) for case, reply in pairs if case]


def one_by_one(forwards, then):
    """Return the same of one turn, where a forward may fail."""
    for case in forwards:
        case.forward()
    return [(case, case.answer()) for case in then]
