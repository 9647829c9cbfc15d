"""The data sets: shapes, labels, determinism, and the properties that make them worth learning."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kit
from kit import data
from kit.plugins import Registry

NAMES = ["linear", "blobs", "xor", "circles", "moons", "spirals", "checkerboard", "original"]
BALANCED = [name for name in NAMES if name not in {"checkerboard", "original"}]
STEADY = settings(deadline=None)  # a slow machine is no reason to fail
PLANE = [name for name in NAMES if name not in {"linear", "original"}]


def draw(name, samples, seed=0, **options):
    return getattr(data, name)(samples, np.random.default_rng(seed), **options)


def best_linear_accuracy(x, y):
    """How well the least-squares line separates the labels."""
    design = np.hstack([x, np.ones((len(x), 1))])
    solution = np.linalg.lstsq(design, 2.0 * y - 1.0, rcond=None)[0]
    return np.mean((design @ solution > 0.0) == y)


def test_every_data_set_is_found_by_its_name():
    assert Registry().names("dataset") == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
@STEADY
@given(samples=st.integers(1, 200), seed=st.integers(0, 2**32))
def test_points_are_finite_floats_and_labels_a_column_of_zeros_and_ones(name, samples, seed):
    x, y = draw(name, samples, seed)

    assert x.shape == (samples, 2 if name in PLANE else 3)
    assert y.shape == (samples, 1)
    assert x.dtype == y.dtype == np.float64
    assert np.isfinite(x).all()
    assert np.isin(y, (0.0, 1.0)).all()


@pytest.mark.parametrize("name", NAMES)
@STEADY
@given(seed=st.integers(0, 2**32))
def test_the_same_generator_draws_the_same_points_and_another_other_ones(name, seed):
    (x, y), (same_x, same_y), (other, _) = (draw(name, 50, s) for s in (seed, seed, seed + 1))

    np.testing.assert_array_equal(x, same_x)
    np.testing.assert_array_equal(y, same_y)
    assert not np.array_equal(x, other)


@pytest.mark.parametrize("name", BALANCED)
@STEADY
@given(samples=st.integers(1, 200))
def test_both_labels_are_as_frequent_as_they_can_be(name, samples):
    _, y = draw(name, samples)

    assert y.sum() == samples // 2


@STEADY
@given(seed=st.integers(0, 2**32))
def test_linear_is_parted_by_the_plane_through_the_middle_of_the_cube_with_a_gap(seed):
    x, y = draw("linear", 100, seed)

    height = (x.sum(axis=1, keepdims=True) - 1.5) / np.sqrt(3.0)

    np.testing.assert_array_equal(height > 0.0, y == 1.0)
    assert np.abs(height).min() > 0.0499
    assert x.min() >= 0.0
    assert x.max() <= 1.0


@STEADY
@given(seed=st.integers(0, 2**32))
def test_xor_is_four_squares_with_a_gap_around_a_point_off_the_origin(seed):
    x, y = draw("xor", 100, seed)

    centred = x - (0.6, -0.4)

    np.testing.assert_array_equal(centred[:, :1] * centred[:, 1:] < 0.0, y == 1.0)
    assert np.abs(centred).min() > 0.0999
    assert np.abs(centred).max() < 1.0001


@STEADY
@given(seed=st.integers(0, 2**32))
def test_circles_are_a_disc_and_a_ring_around_a_point_off_the_origin(seed):
    x, y = draw("circles", 100, seed)

    radius = np.linalg.norm(x - (0.6, -0.4), axis=1, keepdims=True)

    assert radius[y == 1.0].max() < 0.5001
    assert radius[y == 0.0].min() > 0.6999
    assert radius.max() < 1.0001


@pytest.mark.parametrize("name", ["xor", "circles"])
def test_the_data_that_find_bias_mistakes_are_off_centre_unless_told_otherwise(name):
    x, _ = draw(name, 2000)
    centred, _ = draw(name, 2000, offset=(0.0, 0.0))

    np.testing.assert_allclose(x.mean(axis=0), (0.6, -0.4), atol=0.05)
    np.testing.assert_allclose(centred.mean(axis=0), (0.0, 0.0), atol=0.05)


@pytest.mark.parametrize("name", ["xor", "circles", "moons", "spirals", "checkerboard"])
def test_no_line_separates_what_needs_a_hidden_layer(name):
    assert best_linear_accuracy(*draw(name, 2000)) < 0.9


@pytest.mark.parametrize("name", ["linear", "blobs"])
def test_a_line_separates_what_is_only_a_first_look(name):
    assert best_linear_accuracy(*draw(name, 2000)) > 0.99


def test_moons_without_noise_lie_on_two_half_circles():
    x, y = draw("moons", 500, noise=0.0)

    upper = np.add(x, (0.5, 0.25))
    lower = (1.0, 0.5) - upper
    on_circle = np.where(y == 1.0, lower, upper)

    np.testing.assert_allclose(np.linalg.norm(on_circle, axis=1), 1.0)
    assert on_circle[:, 1].min() >= 0.0


def test_the_arms_of_the_spirals_wind_once_and_are_opposite_each_other():
    x, y = draw("spirals", 2000, noise=0.0)

    radius = np.linalg.norm(x, axis=1, keepdims=True)
    turn = (radius - 0.1) / 0.9 * 2.0 * np.pi + np.pi * y

    np.testing.assert_allclose(x, radius * np.hstack([np.cos(turn), np.sin(turn)]), atol=1e-9)
    assert 0.1 <= radius.min() < 0.11
    assert 0.99 < radius.max() <= 1.0


def test_neighbouring_cells_of_the_checkerboard_differ_and_margins_are_empty():
    x, y = draw("checkerboard", 2000)

    place = (x + 1.0) / 2.0 * 3.0
    cell, inside = np.floor(place), place % 1.0

    np.testing.assert_array_equal(cell.sum(axis=1, keepdims=True) % 2.0, y)
    assert len(np.unique(cell, axis=0)) == 9
    assert inside.min() > 0.0799
    assert inside.max() < 0.9201


def test_the_original_labels_have_nothing_to_do_with_the_points():
    x, y = draw("original", 5000)

    assert best_linear_accuracy(x, y) < 0.55
    assert 0.45 < y.mean() < 0.55


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("samples", [0, -1, 2.0, True, "5"])
def test_a_number_of_samples_that_makes_no_sense_is_refused(name, samples):
    with pytest.raises(kit.UsageError, match="samples must be a whole number from 1 up"):
        draw(name, samples)
