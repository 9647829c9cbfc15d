"""The search for the smallest input that shows what is wrong."""

import numpy as np
import pytest

from kit.errors import PartError
from kit.testing import CheckFailed, assert_backward_fits_forward, assert_elementwise

X = np.array([[2.0, 0.5], [-1.0, -3.0]])
GRAD = np.array([[1.0, -2.0], [3.0, 0.5]])
RELU = "def forward(self, x): return np.maximum(x, 0)\n"


def elementwise_failure(part, expected=None):
    with pytest.raises(CheckFailed) as caught:
        assert_elementwise(
            part.forward_of("x"),
            {"x": X},
            np.maximum(X, 0) if expected is None else expected,
            asked="relu.forward(x)",
            usually="think",
        )
    return str(caught.value).splitlines()


def backward_failure(part):
    with pytest.raises(CheckFailed) as caught:
        assert_backward_fits_forward(part, X, GRAD, asked="relu.backward", usually="think")
    return str(caught.value).splitlines()


def test_a_right_function_passes(part):
    right = part(RELU + "def backward(self, grad, x, y): return grad * (x > 0)")

    assert_elementwise(right.forward_of("x"), {"x": X}, np.maximum(X, 0), asked="f", usually="u")
    assert_backward_fits_forward(right, X, GRAD, asked="b", usually="u")


def test_the_first_element_that_is_wrong_alone_is_shown(part):
    words = elementwise_failure(part("def forward(self, x): return np.abs(x)"))

    assert words == [
        "Asked: relu.forward(x)",
        "Smallest input that shows it: x = [[-1.]]",
        "Came: [[1.]]",
        "Expected: [[0.]]",
        "What it usually means: think",
    ]


def test_all_is_shown_where_no_element_is_wrong_alone(part):
    words = elementwise_failure(
        part("def forward(self, x): return np.maximum(x, 0) * (x.size < 2)")
    )

    assert words[1] == "Smallest input that shows it: x = [[ 2. , 0.5], [-1. , -3. ]]"
    assert words[2].startswith("Came: [[0., 0.]")


def test_nothing_returned_is_shown_with_one_element(part):
    words = elementwise_failure(part("def forward(self, x): pass"))

    assert words[1] == "Smallest input that shows it: x = [[2.]]"
    assert words[2] == "Came: None: nothing was returned"


def test_all_inputs_of_an_element_are_shown(part):
    adder = part("def forward(self, x, y): return x - y")

    with pytest.raises(CheckFailed) as caught:
        assert_elementwise(
            lambda **each: adder.forward(*each.values()),
            {"a": X, "b": GRAD},
            X + GRAD,
            asked="f",
            usually="u",
        )

    assert "Smallest input that shows it: a = [[2.]], b = [[1.]]" in str(caught.value)


def test_a_gradient_that_is_handed_on_unchanged_is_shown_where_the_slope_is_zero(part):
    words = backward_failure(part(RELU + "def backward(self, grad, x, y): return grad"))

    assert words == [
        "Asked: relu.backward",
        "Smallest input that shows it: x = [[-1.]], grad = [[3.]]",
        "Came: [[3.]]",
        (
            "Expected: [[0.]]: the slope of YOUR forward there, measured with a tiny step, is "
            "0.0000, and dL/dx is grad times the slope"
        ),
        "What it usually means: think",
    ]


def test_a_slope_without_the_gradient_is_shown_where_the_gradient_is_not_one(part):
    words = backward_failure(part(RELU + "def backward(self, grad, x, y): return 1.0 * (x > 0)"))

    assert words[1] == "Smallest input that shows it: x = [[0.5]], grad = [[-2.]]"


def test_backward_is_held_against_the_students_own_forward(part):
    own = part(
        "def forward(self, x): return 3 * x\ndef backward(self, grad, x, y): return 3 * grad"
    )
    other = part(
        "def forward(self, x): return 3 * x\ndef backward(self, grad, x, y): return 2 * grad"
    )

    assert_backward_fits_forward(own, X, GRAD, asked="b", usually="u")
    assert "is 3.0000" in " ".join(backward_failure(other))


def test_a_gradient_that_is_wrong_for_a_whole_batch_only_is_shown_whole(part):
    words = backward_failure(
        part(RELU + "def backward(self, grad, x, y): return grad * (x > 0) / len(x)")
    )

    assert words[1].startswith("Smallest input that shows it: x = [[ 2. , 0.5]")
    assert words[3].endswith("grad times the slope of YOUR forward")


@pytest.mark.parametrize("result", ["None", "float(np.sum(grad))", "grad.astype('f')", "grad[0]"])
def test_what_is_no_gradient_is_refused(part, result):
    backward_failure(part(RELU + f"def backward(self, grad, x, y): return {result}"))


def test_what_a_part_raises_is_not_swallowed(part):
    broken = part(RELU + "def backward(self, grad, x, y): raise ValueError('mine')")

    with pytest.raises(PartError, match="mine"):
        assert_backward_fits_forward(broken, X, GRAD, asked="b", usually="u")
