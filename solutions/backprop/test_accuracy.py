"""Public tests of the whole: the network of your parts learns a data set. No new code to write."""

import pytest

from kit.data import circles, moons, xor
from kit.testing.accuracy import assert_learns

pytestmark = pytest.mark.exercise("accuracy")


def test_the_network_of_your_parts_learns_moons(student, rng):
    assert_learns(student, None, moons, 0.95, rng)


def test_the_network_of_your_parts_learns_circles(student, rng):
    assert_learns(student, None, circles, 0.98, rng)


def test_the_network_of_your_parts_learns_xor(student, rng):
    assert_learns(student, None, xor, 0.97, rng)
