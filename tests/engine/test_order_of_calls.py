"""The engine calls the methods of a part as the contract says: forward, then its own backward."""

import numpy as np
import pytest

import kit
from kit import data


class Calls:
    """Remembers every call of the parts that `watched` makes."""

    def __init__(self):
        self.seen = []

    def watched(self, part):
        """Return a class like this one whose calls are remembered, with copies of what they got."""
        calls = self

        class Watched(part):
            def forward(self, *given):
                calls.seen.append((self, "forward", [np.array(each) for each in given]))
                return super().forward(*given)

            def backward(self, *given):
                calls.seen.append((self, "backward", [np.array(each) for each in given]))
                return super().backward(*given)

        return Watched

    def of(self, part):
        return [(name, given) for owner, name, given in self.seen if owner is part]


class Averaging:
    """An optimizer of somebody else's, which keeps the average of what it has seen."""

    def update(self, param, grad, state):
        state["mean"] = 0.9 * state.get("mean", param) + 0.1 * param
        return param - 0.1 * grad


WAYS = {
    "plain": {},
    "one batch": {"batch_size": None},
    "float32": {"dtype": np.float32},
    "another optimizer": {"optimizer": Averaging()},
    "a callback": {"callbacks": [lambda *_: None]},
}


@pytest.fixture
def calls():
    return Calls()


@pytest.fixture
def moons():
    return data.moons(37, np.random.default_rng(1))  # the last batch of 8 is short


@pytest.fixture(params=WAYS)
def way(request):
    return WAYS[request.param]


@pytest.mark.parametrize("is_held_out", [False, True])
@pytest.mark.parametrize("watched", [("loss",), ("relu", "sigmoid", "layer", "loss")])
def test_each_backward_comes_right_after_the_forward_it_belongs_to(
    make, textbook, fast, calls, moons, way, watched, is_held_out
):
    others = textbook if len(watched) > 1 else fast  # a loss that declares nothing among fast parts
    trainer = make(others | {name: calls.watched(textbook[name]) for name in watched}, **way)
    trainer.fit(*moons, held_out=moons if is_held_out else None)
    trainer.fit(*moons)

    assert calls.seen
    steps = 2 * 6 * (1 if "batch_size" in way else 5)
    for part in {id(owner): owner for owner, *_ in calls.seen}.values():
        mine = calls.of(part)
        backwards = [i for i, (name, _) in enumerate(mine) if name == "backward"]
        assert len(backwards) == steps
        for i in backwards:
            assert mine[i - 1][0] == "forward"
            given, kept = mine[i][1], mine[i - 1][1]
            same = given if part is trainer.loss else given[1:2]
            for one, other in zip(same, kept, strict=True):
                np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("is_held_out", [False, True])
def test_a_loss_is_called_once_forward_and_once_backward_a_step(
    make, textbook, calls, moons, way, is_held_out
):
    trainer = make(textbook | {"loss": calls.watched(textbook["loss"])}, **way)

    trainer.fit(*moons, held_out=moons if is_held_out else None)

    names = [name for name, _ in calls.of(trainer.loss)]
    a_step = ["forward", "backward"]
    an_epoch = a_step * (1 if "batch_size" in way else 5) + ["forward"] * is_held_out
    assert names == an_epoch * 6


def test_nothing_else_is_called_between_a_losses_forward_and_its_backward(
    make, textbook, calls, moons, way
):
    watched = {name: calls.watched(textbook[name]) for name in textbook}
    trainer = make(watched, **way)

    trainer.fit(*moons)

    order = [(owner, name) for owner, name, _ in calls.seen]
    for index, one in enumerate(order):
        if one == (trainer.loss, "backward"):
            assert order[index - 1] == (trainer.loss, "forward")


def test_a_loss_that_keeps_what_forward_computed_learns_as_one_that_does_not(
    make, textbook, moons, way
):
    class Keeping(textbook["loss"]):
        def forward(self, y_true, y_pred):
            self.kept = y_true.copy(), y_pred.copy()
            return super().forward(y_true, y_pred)

        def backward(self, _y_true, _y_pred):
            return super().backward(*self.kept)

    losses = [make(textbook | {"loss": loss}, **way) for loss in (Keeping, textbook["loss"])]

    first, second = (trainer.fit(*moons, held_out=moons) for trainer in losses)

    assert first == second
    assert isinstance(first, kit.History)
