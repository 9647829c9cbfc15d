"""What is held out was never trained on, whatever a data set returns."""

import numpy as np
import pytest

import kit
from kit import data
from kit.held_out import drawn, split

HELD_OUT = 1000


@pytest.fixture
def rng():
    return np.random.default_rng(3)


def labelled(x):
    return x, (x.sum(axis=1, keepdims=True) > 0).astype(float)


FIXED = labelled(np.random.default_rng(0).standard_normal((150, 2)))
MANY = labelled(np.random.default_rng(0).standard_normal((5000, 2)))
DOUBLED = labelled(np.repeat(FIXED[0][:40], 3, axis=0))
TABLE = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), np.array([[0.0], [1], [1], [0]])
SIGNED = TABLE[0], np.where(TABLE[0] == 0.0, -0.0, TABLE[0])

FINITE = {
    "all that there is": lambda _samples, _rng: FIXED,
    "the first ones": lambda samples, _rng: (MANY[0][:samples], MANY[1][:samples]),
    "all, in another order": lambda _samples, rng: reordered(FIXED, rng.permutation(150)),
    "drawn with replacement": lambda samples, rng: reordered(
        FIXED, rng.integers(150, size=samples)
    ),
    "each point three times": lambda _samples, _rng: DOUBLED,
    "a table of four": lambda _samples, _rng: TABLE,
    "the table, drawn": lambda samples, rng: reordered(TABLE, rng.integers(4, size=samples)),
    "two points": lambda _samples, _rng: (TABLE[0][:2], TABLE[1][:2]),
    "0 with both signs": lambda samples, _rng: (SIGNED[samples == HELD_OUT], TABLE[1]),
    "a lattice": lambda samples, rng: labelled(rng.integers(-9, 9, (samples, 2)).astype(float)),
}


def reordered(points, order):
    return points[0][order], points[1][order]


def both(dataset, rng, wanted=100):
    return split(dataset(wanted, rng), dataset(HELD_OUT, rng), wanted, rng)


@pytest.mark.parametrize("name", FINITE)
def test_no_point_is_on_both_sides_and_labels_stay_with_their_points(name, rng):
    found = both(FINITE[name], rng)

    (x, y), (other_x, other_y) = found.points, found.held_out
    assert found.is_split
    assert {tuple(row + 0.0) for row in x}.isdisjoint(tuple(row + 0.0) for row in other_x)
    assert 0 < len(x) <= max(100, len(TABLE[0]))
    assert 0 < len(other_x) <= HELD_OUT
    known = {
        tuple(row + 0.0): label for row, (label,) in zip(*FINITE[name](5000, rng), strict=True)
    }
    for row, (label,) in [*zip(x, y, strict=True), *zip(other_x, other_y, strict=True)]:
        assert known[tuple(row + 0.0)] == label


def test_all_of_a_finite_set_is_used(rng):
    found = both(FINITE["all that there is"], rng, wanted=256)

    assert (len(found.points[0]), len(found.held_out[0])) == (120, 30)


def test_no_more_points_are_trained_on_than_were_asked_for(rng):
    found = both(FINITE["the first ones"], rng)

    assert (len(found.points[0]), len(found.held_out[0])) == (100, 900)


def test_a_data_set_that_draws_anew_is_left_as_it_is(rng):
    first, second = data.moons(100, rng), data.moons(HELD_OUT, rng)

    found = split(first, second, 100, rng)

    assert found == (first, second, False)


def test_nothing_is_held_out_where_all_points_are_the_same(rng):
    one = np.ones((5, 2)), np.ones((5, 1))

    found = split(one, one, 100, rng)

    assert found.held_out is None
    assert len(found.points[0]) == 5


def test_a_data_set_that_returns_something_else_is_named(rng):
    with pytest.raises(kit.UsageError, match="data set odd must return x and labels, a pair, not"):
        drawn("odd", lambda _samples, _rng: None, 5, rng)
    with pytest.raises(kit.SignatureError, match=r"called with \(samples, rng\); it takes \(n\)"):
        drawn("odd", lambda n: n, 5, rng)
