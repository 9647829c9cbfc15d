"""Public test of the whole: the network of your parts learns a data set. No new code to write."""

import pytest

from kit.data import moons
from kit.testing.accuracy import assert_learns

pytestmark = pytest.mark.exercise("accuracy")


def test_the_network_of_your_parts_learns_moons(student, rng):
    assert_learns(student, student, moons, 0.95, rng)
