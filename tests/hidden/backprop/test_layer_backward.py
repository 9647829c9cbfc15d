"""Hidden tests of the exercise Neural_layer, backward: 25 points.

The right answers follow from the weights that the test sets, so a wrong forward or a wrong start
costs nothing here.
"""

import contextlib
import weakref

import numpy as np
import pytest

from kit.errors import PartError
from kit.testing.closeness import CheckFailed, assert_close, assert_unchanged, show
from kit.testing.parts import answers

pytestmark = pytest.mark.exercise("layer_backward")

BACKWARD = "layer.backward(grad, x)"
ANSWERED = weakref.WeakKeyDictionary()  # cases and answers, or an error, by who gave them
SIZES = [(4, 3, 2), (130, 2, 17), (2, 5, 1), (6, 1, 3), (1, 4, 2), (5, 3, 3), (4, 2, 4)]


class Case:
    """A layer with set weights, a batch and an incoming gradient, all random.

    `turned` says that the student keeps the weights as (neurons, features) all through: that costs
    its points where start values and forward are checked, not here.
    """

    turned = False

    def __init__(self, layer, weights, bias, x, grad):
        self.layer, self.weights, self.bias, self.x, self.grad = layer, weights, bias, x, grad

    def twin(self, **changes):
        """Return a case with the same layer, and something else about it."""
        about = {"weights": self.weights, "bias": self.bias, "x": self.x, "grad": self.grad}
        return Case(self.layer, **about | changes)

    @property
    def words(self):
        given = {"x": self.x, "grad": self.grad, "weights": self.weights}
        return {"asked": BACKWARD, "given": given}

    def set_parameters(self):
        self.layer.set_parameters(self.stored, self.bias, turned=self.turned)

    def question(self, **more):
        """Ask for backward as the kit does: right after forward, which may fail here."""
        self.set_parameters()
        return self.layer.question("backward", self.grad, self.x, first=[self.x], **more)

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
        return self.layer.question("forward", self.x)

    def backward_question(self):
        """Ask for backward, for the batch that forward has seen last."""
        self.set_parameters()
        return self.layer.question("backward", self.grad, self.x)

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
        dx, gradients = answer
        assert_close(dx, self.grad @ self.weights.T, **self.words)
        assert_close(gradients["weights"], self.x.T @ self.grad, **self.words)
        self.check_bias(gradients["bias"])

    def check_bias(self, gradient):
        """The gradient of the bias has the shape of the student's own bias.

        A column beside weights that lie as they should costs its point where the start is checked.
        """
        if self.layer.has_column and not self.turned and np.ndim(gradient) == 2:
            gradient = np.reshape(gradient, (1, -1))
        expected = self.grad.sum(axis=0).reshape(self.layer.bias_shape(turned=self.turned))
        assert_close(gradient, expected, **self.words)


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
def answered(student, cases_of):
    """Return cases with backward's answers: asked once, for three checks look at them."""

    def ask():
        cases = cases_of(SIZES)
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
    for case, (dx, _) in answered():
        assert_close(dx, case.grad @ case.weights.T, **case.words)


@pytest.mark.points(6, kind="gradient")
def test_backward_sums_the_gradient_of_the_weights_over_the_batch(answered):
    for case, (_, gradients) in answered():
        assert_close(gradients["weights"], case.x.T @ case.grad, **case.words)


@pytest.mark.points(6, kind="gradient")
def test_backward_sums_the_gradient_of_the_bias_over_the_batch(answered):
    for case, (_, gradients) in answered():
        case.check_bias(gradients["bias"])


@pytest.mark.points(3, kind="state")
def test_backward_gives_the_same_answer_again_and_a_new_one_for_a_new_batch(cases_of, rng):
    steps, predicted = [], []
    for case in cases_of(SIZES[:2]):
        similar_x, similar_grad = case.x.copy(), case.grad.copy()
        similar_x[1:] *= -1
        similar_grad[1:] *= 2
        x = rng.standard_normal((3, case.x.shape[1]))
        grad = rng.standard_normal((3, case.grad.shape[1]))
        new = case.twin(x=x, grad=grad)
        steps += [case, case.twin(), case.twin(x=similar_x, grad=similar_grad), new]
        steps.append(new.twin(weights=case.weights + 1))
        predicted.append(new)

    for step, answer in zip(steps, backwards(steps, predicted), strict=True):
        step.check(answer)


@pytest.mark.points(2, kind="purity")
def test_backward_updates_nothing(cases_of):
    drawn = cases_of([(4, 3, 2), (2, 5, 1), (5, 3, 3)])
    cases = [*drawn, drawn[0].twin(bias=drawn[0].bias + 1)]
    found = backwards_and(cases, "weights", "bias")
    for case, (answer, echo, weights, bias) in zip(cases, found, strict=True):
        case.check(answer)
        assert_unchanged(echo[1], case.x, asked=BACKWARD, name="x")
        assert_unchanged(weights, case.stored, asked=BACKWARD, name="weights")
        assert_unchanged(np.reshape(bias, (1, -1)), case.bias, asked=BACKWARD, name="bias")


@pytest.mark.points(2, kind="state")
def test_two_layers_do_not_share_what_they_keep(cases_of):
    first, second = cases_of([(4, 3, 2), (4, 3, 2)])

    for case, answer in in_turns(first, second):
        case.check(answer)


def in_turns(first, second):
    """Yield backward's answers of two layers, after both have had forward."""
    questions = [first.forward_question(), second.forward_question()]
    questions += [second.backward_question(), first.backward_question()]
    try:
        *_, mine, other = answers(questions)
        yield second, second.unpacked(mine)
        yield first, first.unpacked(other)
    except PartError:
        for case in (first, second):
            case.forward()
        for case in (second, first):
            yield case, case.answer()
