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
ANSWERED = weakref.WeakKeyDictionary()  # cases and answers, by the bench that gave them
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

    def question(self, **more):
        """Ask for backward as the kit does: right after forward, which may fail here."""
        self.layer.set_parameters(self.stored, self.bias)
        return self.layer.question("backward", self.grad, self.x, first=[self.x], **more)

    def backward(self):
        """Return dL/dx and the gradients, turned where the student's weights are."""
        return self.backward_and()[0]

    def backward_and(self, *attributes):
        """Return the same, and then attributes of the layer; `layer.echo` is of that call."""
        questions = [self.question(echoed=True), *map(self.layer.question_for, attributes)]
        try:
            answer, *values = answers(questions)
        except PartError:
            self.turn()
            return self.backward_and(*attributes)
        return self.unpacked(answer), *values

    def turn(self):
        """Have the weights on their side, if that is how the student starts."""
        if self.turned or not self.layer.starts_as(self.weights.T.shape):
            raise  # noqa: PLE0704 - the error that is being handled
        self.turned = True

    def turned_like_others(self):
        """Ask again where square weights have hidden on which side they lie."""
        self.turned = True
        return self.backward()

    def forward(self):
        """Call forward, which may fail, or change the parameters: that costs its own checks."""
        self.layer.set_parameters(self.stored, self.bias)
        with contextlib.suppress(PartError):
            self.layer.forward(self.x)
        self.layer.set_parameters(self.stored, self.bias)

    def answer(self):
        """Return backward's answer for the batch that forward has seen last."""
        try:
            return self.unpacked(self.layer.backward(self.grad, self.x))
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
        """The gradient of the bias has the shape of the student's own bias."""
        expected = self.grad.sum(axis=0).reshape(self.layer.bias_shape)
        assert_close(gradient, expected, **self.words)


def backwards(cases):
    """Return the answer of each case, asked together; one by one where one of them fails."""
    try:
        found = list(answers([case.question() for case in cases]))
    except PartError:
        found = [case.backward() for case in cases]
        turned = any(case.turned for case in cases)
        return [
            case.turned_like_others() if turned else answer
            for case, answer in zip(cases, found, strict=True)
        ]
    return [case.unpacked(answer) for case, answer in zip(cases, found, strict=True)]


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
        if student.bench not in ANSWERED:
            cases = cases_of(SIZES)
            ANSWERED[student.bench] = list(zip(cases, backwards(cases), strict=True))
        return ANSWERED[student.bench]

    return ask


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
    for case in cases_of(SIZES[:2]):
        similar_x, similar_grad = case.x.copy(), case.grad.copy()
        similar_x[1:] *= -1
        similar_grad[1:] *= 2
        x = rng.standard_normal((3, case.x.shape[1]))
        grad = rng.standard_normal((3, case.grad.shape[1]))
        new = case.twin(x=x, grad=grad)
        steps = [case, case.twin(), case.twin(x=similar_x, grad=similar_grad), new]
        steps.append(new.twin(weights=case.weights + 1))

        new.forward()  # of a batch that no backward follows, as in a prediction
        for step, answer in zip(steps, backwards(steps), strict=True):
            step.check(answer)


@pytest.mark.points(2, kind="purity")
def test_backward_updates_nothing(cases_of):
    drawn = cases_of([(4, 3, 2), (2, 5, 1), (5, 3, 3)])
    for case in [*drawn, drawn[0].twin(bias=drawn[0].bias + 1)]:
        case.turned = drawn[0].turned  # square weights do not tell on which side they lie
        answer, weights, bias = case.backward_and("weights", "bias")

        case.check(answer)
        assert_unchanged(case.layer.echo[1], case.x, asked=BACKWARD, name="x")
        assert_unchanged(weights, case.stored, asked=BACKWARD, name="weights")
        assert_unchanged(np.reshape(bias, (1, -1)), case.bias, asked=BACKWARD, name="bias")


@pytest.mark.points(2, kind="state")
def test_two_layers_do_not_share_what_they_keep(cases_of):
    first, second = cases_of([(4, 3, 2), (4, 3, 2)])

    for case in (first, second):
        case.forward()

    for case in (second, first):
        case.check(case.answer())
