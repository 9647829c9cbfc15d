"""A part whose methods take other arguments than the contract gives them is named, with both."""

import re

import numpy as np
import pytest

import kit
from kit.calls import call

X = np.zeros((4, 3))


class Passing:
    """An activation that changes nothing; the tests below give its methods other arguments."""

    def forward(self, x):
        return x.copy()

    def backward(self, grad, _x, _y):
        return grad


class Scale:
    """A layer with one weight for each feature."""

    parameters = ("weights",)

    def __init__(self, features=3):
        self.weights = np.ones((1, features))

    def forward(self, x):
        return x * self.weights

    def backward(self, grad, x):
        return grad * self.weights, {"weights": (grad * x).sum(axis=0, keepdims=True)}


def there_and_back(step):
    network = kit.Network([Scale(), Passing(), step])
    network.backward(network.forward(X))


def with_method(base, name, method):
    return type("Odd", (base,), {name: method})()


ODD_METHODS = [
    (Passing, "backward", lambda self, grad: (self, grad)[1], "(grad, x, y)", "(grad)"),
    (Passing, "forward", lambda self: self, "(x)", "()"),
    (Passing, "forward", lambda self, x, y: (self, x, y)[1], "(x)", "(x, y)"),
    (Scale, "backward", lambda self, g, x, y: (self, g, x, y)[1], "(grad, x)", "(g, x, y)"),
    (
        Passing,
        "forward",
        lambda self, x, training, rate: (self, x, training, rate)[1],
        "(x, training=...)",
        "(x, training, rate)",
    ),
]


@pytest.mark.parametrize(("base", "name", "method", "called", "taken"), ODD_METHODS)
def test_a_method_with_other_arguments_is_named_with_its_step_and_what_was_found(
    base, name, method, called, taken
):
    kind = "layer" if base is Scale else "activation"

    with pytest.raises(kit.SignatureError) as caught:
        there_and_back(with_method(base, name, method))

    assert str(caught.value) == (
        f"{kind} Odd, step 3 of the network: {name} was called with {called}; it takes {taken}"
    )


def test_a_method_without_self_is_told_so():
    class NoSelf(Passing):
        def backward(grad, x, y):  # noqa: N805 - this is the mistake
            return grad * x * y

    class Nothing(Passing):
        def forward():
            return 0

    with pytest.raises(kit.SignatureError) as caught:
        there_and_back(NoSelf())
    assert str(caught.value).endswith(
        "backward was called with (grad, x, y); it takes (x, y); "
        "`self` is missing: def backward(self, grad, x, y)"
    )
    with pytest.raises(kit.SignatureError, match=r"it takes nothing; `self` is missing"):
        there_and_back(Nothing())


def test_a_type_error_from_inside_a_method_stays_what_it_was():
    class Adding(Passing):
        def forward(self, x):
            return x + "1"

    def inner():
        return len(1, 2)

    with pytest.raises(TypeError) as caught:
        there_and_back(Adding())
    assert not isinstance(caught.value, kit.KitError)
    with pytest.raises(TypeError, match="len"):
        call("it", "inner()", inner)


def test_a_loss_an_optimizer_and_a_constructor_are_named_too():
    class Loss:
        def forward(self, y_pred):
            return float(y_pred.mean())

        def backward(self, y_true, y_pred):
            return y_true - y_pred

    class Rule:
        def update(self, param, grad):
            return param - grad

    class Sized(Passing):
        def __init__(self, size):
            self.size = size

    class Square(Loss):
        def forward(self, y_true, y_pred):
            return float(np.mean((y_true - y_pred) ** 2))

    def train(loss, rule):
        network = kit.Network([Scale(1)])
        rng = np.random.default_rng(0)
        kit.Trainer(network, loss, rule, rng=rng).fit(X[:, :1], np.zeros((4, 1)))

    with pytest.raises(kit.SignatureError) as caught:
        train(Loss(), kit.SGD())
    assert str(caught.value) == (
        "loss Loss: forward was called with (y_true, y_pred); it takes (y_pred)"
    )
    with pytest.raises(kit.SignatureError) as caught:
        train(Square(), Rule())
    assert str(caught.value) == (
        "optimizer Rule: update was called with (param, grad, state); it takes (param, grad)"
    )
    with pytest.raises(kit.SignatureError) as caught:
        kit.Network.build(
            3,
            [3],
            layer=Scale,
            hidden_activation=Sized,
            output_activation=Passing,
            rng=np.random.default_rng(0),
        )
    assert str(caught.value) == (
        "layer, step 1 of the network: Scale was called with "
        "(num_of_features, num_of_neurons, rng); it takes (features=3)"
    )


class Unnamed:
    """A layer that does not say which of its attributes are parameters."""

    def __init__(self, features=3, neurons=3, _rng=None):
        self.weights, self.bias = np.ones((features, neurons)), np.zeros((1, neurons))

    def forward(self, x):
        return x @ self.weights + self.bias

    def backward(self, grad, x):
        return grad @ self.weights.T, {"weights": x.T @ grad, "bias": grad.sum(0, keepdims=True)}


def built(layer):
    return kit.Network.build(
        3,
        [3],
        layer=layer,
        hidden_activation=Passing,
        output_activation=Passing,
        rng=np.random.default_rng(0),
    )


BEGINNING = "layer Odd: `parameters` must be a tuple of the attributes' names, not "


@pytest.mark.parametrize(
    ("named", "beginning"),
    [
        (None, "layer Odd has no `parameters`"),
        ("weights", f"{BEGINNING}the text 'weights'"),
        (property(lambda self: {"W": self.weights}), f"{BEGINNING}a dict"),
        (property(lambda self: [self.weights]), f"{BEGINNING}a list"),
    ],
)
@pytest.mark.parametrize("make", [built, lambda layer: kit.Network([layer()])])
def test_a_layer_that_does_not_name_its_parameters_is_told_what_to_write(named, beginning, make):
    odd = type("Odd", (Unnamed,), {} if named is None else {"parameters": named})

    with pytest.raises(kit.UsageError) as caught:
        make(odd)

    assert str(caught.value) == f'{beginning}; say parameters = ("weights", "bias")'


def test_a_parameter_that_is_not_there_is_said_with_those_that_are():
    odd = type("Odd", (Unnamed,), {"parameters": ("weights", "biases")})

    with pytest.raises(kit.UsageError) as caught:
        _ = built(odd).parameters

    assert str(caught.value) == (
        "layer Odd, step 1 of the network: `parameters` names biases, and there is no attribute "
        "of that name; attributes that are arrays: weights, bias"
    )


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
def test_np_matrix_is_named_where_it_arises():
    class Matrix(Unnamed):
        parameters = ("weights", "bias")

        def forward(self, x):
            return np.matrix(x) * np.matrix(self.weights) + self.bias

    class Kept(Unnamed):
        parameters = ("weights", "bias")

        def __init__(self, *sizes):
            super().__init__(*sizes)
            self.weights = np.matrix(self.weights)

    with pytest.raises(
        kit.ShapeError,
        match=re.escape(
            "layer Matrix, step 1 of the network: what forward returned is np.matrix, expected (4, neuro"
        ),
    ):
        built(Matrix).forward(X)
    with pytest.raises(kit.UsageError, match="weights must be an array of floats"):
        _ = built(Kept).parameters


@pytest.mark.parametrize("text", ["my own rule", "shape mismatch, I say", "cannot broadcast"])
def test_a_value_error_of_a_parts_own_is_never_explained_as_a_misfit(text):
    class Choosy(Unnamed):
        parameters = ("weights", "bias")

        def forward(self, x):
            if x.shape[1] != 5:
                raise ValueError(text)
            return super().forward(x)

    class Reading(Unnamed):
        parameters = ("weights", "bias")

        def forward(self, x):
            return x * int("not about shapes")

    for layer in (Choosy, Reading):
        with pytest.raises(ValueError, match=r"I say|own|cannot|not about") as caught:
            kit.Network([layer(5, 5)]).forward(X)
        assert not isinstance(caught.value, kit.KitError)
    with pytest.raises(kit.ShapeError, match=r"x is .* which does not fit its parameters"):
        kit.Network([type("Wide", (Unnamed,), {"parameters": ("weights", "bias")})(5, 5)]).forward(
            X
        )
