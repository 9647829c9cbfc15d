"""The comparisons: strict about shape, dtype and values, and clear about what differs."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from kit.testing import CheckFailed, assert_close, assert_number, assert_unchanged
from kit.testing.closeness import agrees, as_number, difference, show
from kit.values import Opaque

SHAPES = arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
NUMBERS = st.floats(-1e6, 1e6)


def matrices(shapes=SHAPES):
    return arrays.arrays(np.float64, shapes, elements=NUMBERS)


def failure(check, *arguments, **words):
    with pytest.raises(CheckFailed) as caught:
        check(*arguments, **{"asked": "f(x)"} | words)
    return str(caught.value)


# assert_close


@given(matrices())
def test_an_array_is_close_to_itself_and_to_what_rounding_makes_of_it(array):
    assert_close(array, array, asked="f(x)")
    assert_close(array * (1 + 1e-12), array, asked="f(x)")


@given(matrices(arrays.array_shapes(min_side=1)), st.data())
def test_one_number_that_is_off_is_seen_wherever_it_is(array, data):
    place = tuple(data.draw(st.integers(0, side - 1)) for side in array.shape)
    wrong = array.copy()
    wrong[place] += 1e-6 + 1e-4 * abs(array[place])

    assert not agrees(wrong, array)


@given(matrices(), SHAPES)
def test_another_shape_is_seen_even_where_numpy_would_broadcast(array, shape):
    assume(shape != array.shape)

    words = failure(assert_close, np.zeros(shape), array)

    assert f"Came: shape {shape} instead of {array.shape}" in words


def test_an_empty_array_is_not_close_to_everything():
    assert np.allclose(np.empty((0, 3)), np.ones((1, 3)))

    assert not agrees(np.empty((0, 3)), np.ones((1, 3)))


@pytest.mark.parametrize("dtype", ["f", "e", "i", "q", "?", "F", "D"])
def test_another_dtype_is_seen(dtype):
    words = failure(assert_close, np.ones(2, dtype), np.ones(2))

    assert f"Came: dtype {np.dtype(dtype)} instead of float64" in words


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_a_number_that_is_not_finite_is_not_close(number):
    assert f", {number}]" in failure(assert_close, np.array([1.0, number]), np.ones(2))
    assert not agrees(np.array([number]), np.array([np.nan]))


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_what_is_finite_is_not_close_to_what_is_not(number):
    assert failure(assert_close, np.array([1.0, 2.0]), np.array([1.0, number]))
    assert agrees(np.array([1.0, np.inf]), np.array([1.0, np.inf]))


@pytest.mark.parametrize("value", [None, "1.0", [1.0], True, Opaque("matrix"), (1.0,), {}])
def test_what_is_no_array_is_not_close(value):
    assert not agrees(value, np.array(1.0))


@pytest.mark.parametrize("value", [1.0, 1, np.array(1.0)])
def test_a_plain_number_is_close_to_an_array_without_dimensions(value):
    assert_close(value, 1.0, asked="f(x)")


def test_an_integer_that_no_float_can_hold_is_not_close():
    assert not agrees(10**400, np.ones(()))
    assert difference(10**400, np.ones(())).startswith("1000")


def test_tolerances_may_be_given():
    assert_close(np.array([1.1]), np.array([1.0]), asked="f(x)", rtol=0.2)

    assert failure(assert_close, np.array([1.0 + 1e-9]), np.array([1.0]), rtol=0, atol=0)


def test_a_failure_is_told_in_lines_that_have_something_to_say():
    words = failure(
        assert_close,
        np.array([[1.0, -0.0]]),
        np.array([[2.0, 0.0]]),
        asked="relu.forward(x)",
        given={"x": np.array([[2.0, -3.0]])},
        usually="first line\nsecond line",
    )

    assert words.splitlines() == [
        "Asked: relu.forward(x)",
        "Smallest input that shows it: x = [[ 2., -3.]]",
        "Came: [[1., 0.]]",
        "Expected: [[2., 0.]]",
        "What it usually means: first line",
        "    second line",
    ]


def test_an_input_may_be_given_in_words():
    words = failure(assert_close, None, 1.0, given="x = 0")

    assert "Smallest input that shows it: x = 0" in words
    assert "What it usually means" not in words


# assert_number


@pytest.mark.parametrize(
    "value", [0.5, np.array(0.5), np.array([0.5]), np.array([[0.5]]), np.array([0.5], "g")]
)
def test_a_number_may_come_in_any_wrapping(value):
    assert_number(value, 0.5, asked="f(x)")


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        "0.5",
        [0.5],
        Opaque("Decimal"),
        np.array([0.5, 0.5]),
        np.array([]),
        np.array(0.5 + 3j),
        np.array([0.5], "f"),
        np.array(True),
        10**400,
    ],
)
def test_what_is_not_one_real_number_is_refused(value):
    assert "Expected: one number for the whole batch" in failure(assert_number, value, 0.5)


@pytest.mark.parametrize("value", [0.51, 1, np.nan, np.inf, np.array([[5.0]])])
def test_another_number_is_refused(value):
    assert "Expected: 0.5" in failure(assert_number, value, 0.5)


@given(NUMBERS)
def test_a_number_is_taken_out_of_its_wrapping(number):
    assert as_number(np.array([[number]]), "f(x)") == number


# assert_unchanged


@given(matrices())
def test_what_has_not_changed_is_unchanged(array):
    assert_unchanged(array.copy(), array, asked="f(x)", name="x")


def test_not_a_number_may_stay_what_it_is():
    assert_unchanged(np.array([np.nan]), np.array([np.nan]), asked="f(x)", name="x")


@pytest.mark.parametrize("after", [np.array([1.0, 2.0 + 1e-15]), np.ones(3), None, [1.0, 2.0]])
def test_the_smallest_change_is_seen(after):
    words = failure(assert_unchanged, after, np.array([1.0, 2.0]), name="x")

    assert words.startswith("Asked: f(x), leaving x as it is\nCame: x = ")
    assert "Expected: x = [1., 2.], as before the call" in words


# show


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "None: nothing was returned"),
        (Opaque("generator"), "an object of type generator"),
        (True, "True"),
        ("text\n", r"'text\n'"),
        ((1, 2.5), "(1, 2.5)"),
        (np.array(-0.0), "-0"),
        (np.array(0.1234567), "0.123457"),
        (np.array(3), "3"),
        (np.array(1 + 2j), "(1+2j)"),
        (np.array([[True, False]]), "[[ True, False]]"),
        (np.array([[-0.0, 1e-20], [np.nan, np.inf]]), "[[0.e+00, 1.e-20], [ nan, inf]]"),
    ],
)
def test_a_value_is_shown_the_way_a_student_would_type_it(value, words):
    assert show(value) == words


@given(matrices(arrays.array_shapes(max_dims=2, max_side=30)))
def test_an_array_of_any_size_is_shown_in_one_line_of_bearable_length(array):
    words = show(array)

    assert "\n" not in words
    assert len(words) < 36 * 20


def test_a_long_value_is_shortened():
    assert len(show("x" * 1000)) == 200
