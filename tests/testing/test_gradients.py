"""Slopes by tiny steps, and inputs that stay away from kinks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from kit.testing import away_from_kinks, numerical_gradient

POINTS = arrays.arrays(
    np.float64, arrays.array_shapes(max_dims=2, max_side=3), elements=st.floats(-3, 3)
)


@pytest.mark.parametrize(
    ("function", "slope"),
    [
        (np.square, lambda x: 2 * x),
        (np.sin, np.cos),
        (np.exp, np.exp),
        (np.tanh, lambda x: 1 - np.tanh(x) ** 2),
        (np.ones_like, np.zeros_like),
    ],
)
@given(x=POINTS)
def test_the_measured_slope_is_the_one_that_calculus_gives(function, slope, x):
    measured = numerical_gradient(lambda moved: float(np.sum(function(moved))), x)

    np.testing.assert_allclose(measured, slope(x), rtol=1e-7, atol=1e-8)


@given(POINTS)
def test_each_element_is_moved_alone(x):
    weights = np.arange(1.0, x.size + 1).reshape(x.shape)

    measured = numerical_gradient(lambda moved: float(np.sum(weights * moved)), x)

    np.testing.assert_allclose(measured, weights, rtol=1e-7)


@given(POINTS)
def test_the_point_itself_is_not_moved(x):
    before = x.copy()

    numerical_gradient(lambda moved: moved.fill(7.0) or 0.0, x)

    np.testing.assert_array_equal(x, before)


def test_whole_numbers_may_be_moved_too():
    slopes = numerical_gradient(lambda moved: float(np.sum(moved**2)), np.array([1, 2]))

    np.testing.assert_allclose(slopes, [2.0, 4.0], rtol=1e-7)


@given(st.integers(0, 2**32), st.floats(0.01, 2))
def test_no_number_is_near_a_kink_and_both_sides_are_there(seed, distance):
    x = away_from_kinks(np.random.default_rng(seed), (20, 5), distance)

    assert x.shape == (20, 5)
    assert np.abs(x).min() >= distance
    assert (x < 0).any()
    assert (x > 0).any()
