"""What a part declares is compared with its plain methods: a difference is an error, at once."""

import threading

import kit_fast
import numpy as np
import pytest

import kit
from kit import data


class NoMask(kit_fast.ReLU):
    def bind(self, x, y, grad_y, grad_x):
        forward, _ = super().bind(x, y, grad_y, grad_x)
        return forward, [lambda: np.copyto(grad_x, grad_y)]


class Doubled(kit_fast.ReLU):
    def bind(self, x, y, grad_y, grad_x):
        forward, backward = super().bind(x, y, grad_y, grad_x)
        return [*forward, lambda: np.multiply(y, 2.0, y)], backward


class OutForward(kit_fast.ReLU):
    bind = None

    def forward(self, x, out=None):
        return np.maximum(x, 0.0) if out is None else np.maximum(x, 0.01, out=out)


class OutBackward(kit_fast.ReLU):
    bind = None

    def backward(self, grad, x, y, out=None):
        return np.multiply(grad, (y > 0.0) & (x > 0.0) if out is None else 1.0, out=out)


class OutUnfilled(kit_fast.ReLU):
    """Returns nothing where it was handed a place."""

    bind, in_place = None, False

    def forward(self, x, out=None):
        return np.maximum(x, 0.0, out=out) if out is None else np.zeros_like(x)


class WritesX(kit_fast.ReLU):
    bind, in_place = None, False

    def forward(self, x, out=None):
        if out is None:
            return np.maximum(x, 0.0)
        out[...] = np.maximum(x, 0.0, out=x)
        return out


class NeedsX(kit_fast.Tanh):
    """Tanh whose backward looks at x, which is not there any more."""

    in_place = True

    def backward(self, grad, x, y, out=None):
        return np.multiply(grad, 1.0 - np.tanh(x) * np.tanh(x) + 0.0 * y, out=out)

    bind = None


class Stale(kit_fast.Dense):
    """Keeps the weights of the time at which it was bound."""

    def bind(self, x, y, grad_y, grad_x, parameters, gradients):
        return super().bind(x, y, grad_y, grad_x, parameters.copy(), gradients)


class NoBias(kit_fast.Dense):
    def bind(self, x, y, grad_y, grad_x, parameters, gradients):
        forward, backward = super().bind(x, y, grad_y, grad_x, parameters, gradients)
        return forward, [*backward, lambda: gradients[-1:].fill(0.0)]


class OutLayer(kit_fast.Dense):
    bind = None

    def backward(self, grad, x, out=None, need_input_grad=True):
        dx, own = super().backward(grad, x, out, need_input_grad)
        if out is not None:
            own["bias"] /= len(x)
        return dx, own


class Swapped(kit_fast.BinaryCrossEntropy):
    def fuse(self, activation):
        pair = super().fuse(activation)
        labels = pair.labels
        pair.labels = lambda y_true: labels(1.0 - y_true)
        return pair


class NoMean(kit_fast.BinaryCrossEntropy):
    def fuse(self, activation):
        pair = super().fuse(activation)
        backward = pair.backward
        pair.backward = lambda labels, x, out=None: backward(labels, x, out=out) * len(x)
        pair.bind = None
        return pair


class BoundTwice(kit_fast.BinaryCrossEntropy):
    def fuse(self, activation):
        pair = super().fuse(activation)
        bind = pair.bind
        pair.bind = lambda *given: (bind(*given)[0], 1.0)
        return pair


class OtherLoss(kit_fast.BinaryCrossEntropy):
    def fuse(self, activation):
        pair = super().fuse(activation)
        forward = pair.forward
        pair.forward = lambda labels, x, axis=None: forward(labels, x, axis) * 2.0
        return pair


@pytest.fixture
def moons():
    return data.moons(77, np.random.default_rng(1))


WRONG = [
    ("relu", NoMask, "activation NoMask, step 2 of the network", "bind", "dL/dx"),
    ("relu", Doubled, "activation Doubled, step 2 of the network", "bind", "y"),
    ("relu", OutForward, "activation OutForward, step 2 of the network", "out=", "y"),
    ("relu", OutBackward, "activation OutBackward, step 2 of the network", "out=", "dL/dx"),
    ("relu", OutUnfilled, "activation OutUnfilled, step 2 of the network", "out=", "y"),
    ("relu", WritesX, "activation WritesX, step 2 of the network", "out=", "x"),
    ("relu", NeedsX, "activation NeedsX, step 2 of the network", "in_place", "dL/dx"),
    ("layer", Stale, "layer Stale, step 1 of the network", "bind", "y"),
    ("layer", NoBias, "layer NoBias, step 1 of the network", "bind", "the gradient of bias"),
    ("layer", OutLayer, "layer OutLayer, step 1 of the network", "out=", "the gradient of bias"),
    ("loss", Swapped, "loss Swapped", "fuse", "loss"),
    ("loss", NoMean, "loss NoMean", "fuse", "dL/dx"),
    ("loss", OtherLoss, "loss OtherLoss", "fuse", "loss"),
    ("loss", BoundTwice, "loss BoundTwice, SigmoidCrossEntropy", "bind", "dL/dx"),
]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("hidden", [(7, 5), (80, 60)])
@pytest.mark.parametrize(("kind", "wrong", "where", "declared", "what"), WRONG)
def test_a_declaration_that_gives_other_numbers_is_named(
    make, fast, moons, kind, wrong, where, declared, what, hidden, dtype
):
    options = {"hidden": hidden, "dtype": dtype, "batch_size": 32}

    with pytest.raises(kit.UsageError) as caught:
        make(fast | {kind: wrong}, **options).fit(*moons)

    assert str(caught.value).startswith(
        f"{where}: what it declares, `{declared}`, gives another {what} than its plain methods: "
    )
    assert str(caught.value).endswith(f"correct it, or leave `{declared}` out")


def test_a_declaration_is_compared_where_the_others_declare_nothing(make, textbook, moons):
    with pytest.raises(kit.UsageError, match=r"`bind`, gives another dL/dx"):
        make(textbook | {"relu": NoMask}).fit(*moons)


def test_random_numbers_of_a_part_are_compared_with_themselves_and_not_used_up(make, fast, moons):
    class Dropout:
        """Has a generator of its own, and two ways to write where it is told."""

        def __init__(self):
            self.rng = np.random.default_rng(0)

        def forward(self, x, training=False, out=None):
            self.mask = (self.rng.random(x.shape) < 0.8) / 0.8 if training else np.ones(x.shape)
            return np.multiply(x, self.mask, out=out)

        def backward(self, grad, _x, _y, out=None):
            return np.multiply(grad, self.mask, out=out)

    class Undeclared(Dropout):
        def forward(self, x, training=False):
            return super().forward(x, training)

        def backward(self, grad, x, y):
            return super().backward(grad, x, y)

    declared, plain = (make(fast | {"relu": part}).fit(*moons) for part in (Dropout, Undeclared))

    np.testing.assert_allclose(declared.loss, plain.loss, rtol=1e-9)


def test_a_part_that_cannot_be_copied_is_compared_itself(make, fast, moons):
    class Locked(fast["relu"]):
        def __init__(self):
            self.lock = threading.Lock()

    class WrongToo(NoMask):
        def __init__(self):
            self.lock = threading.Lock()

    assert make(fast | {"relu": Locked}).fit(*moons) == make(fast).fit(*moons)
    with pytest.raises(kit.UsageError, match=r"`bind`, gives another dL/dx"):
        make(fast | {"relu": WrongToo}).fit(*moons)


def test_what_a_declaration_raises_is_said_with_its_name(make, fast, moons):
    class Failing(fast["relu"]):
        def bind(self, _x, _y, _grad_y, _grad_x):
            def fail():
                raise RuntimeError("not today")

            return [fail], []

    with pytest.raises(RuntimeError) as caught:
        make(fast | {"relu": Failing}).fit(*moons)

    assert caught.value.__notes__ == [
        "in activation Failing, step 2 of the network, as it declares `bind`"
    ]


def test_a_bind_with_other_arguments_is_named(make, fast, moons):
    class Old(fast["relu"]):
        def bind(self, x, y):
            return [x], [y]

    with pytest.raises(kit.SignatureError, match=r"bind was called with \(x, y, grad_y, grad_x\)"):
        make(fast | {"relu": Old}).fit(*moons)


def test_far_out_a_fused_loss_may_differ(make, fast, moons):
    trainer = make(fast)
    trainer.network.steps[-2].bias = np.full((1, 1), 200.0)  # a sigmoid of exactly 1

    history = trainer.fit(*moons)

    assert np.isfinite(history.loss).all()
