"""Hidden tests of the final accuracy: 15 points.

Bars and recipe were measured so that right parts pass and wrong networks do not; `circles` and
`xor` lie off-centre, or a network without bias would pass.
"""

import pytest

from kit.data import circles, moons, xor
from kit.testing.accuracy import assert_learns

pytestmark = pytest.mark.exercise("accuracy")


@pytest.fixture
def learns(student, reference, rng):
    """Hold the median accuracy on fresh points against a bar."""

    def check(dataset, bar):
        assert_learns(student, reference, dataset, bar, rng)

    return check


@pytest.mark.points(5, kind="accuracy")
def test_the_network_learns_moons(learns):
    learns(moons, 0.95)


@pytest.mark.points(5, kind="accuracy")
def test_the_network_learns_circles(learns):
    learns(circles, 0.98)


@pytest.mark.points(5, kind="accuracy")
def test_the_network_learns_xor(learns):
    learns(xor, 0.97)
