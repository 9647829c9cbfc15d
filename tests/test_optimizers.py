"""SGD: graded by its trajectory, because accuracy cannot tell a right optimizer from a wrong one."""

import math

import numpy as np
import pytest

import kit
from kit.plugins import Registry


def test_plain_descent_steps_against_the_gradient():
    value = kit.SGD(0.1).update(np.array([[1.0, 2.0]]), np.array([[10.0, -5.0]]), {})

    np.testing.assert_allclose(value, [[0.0, 2.5]], atol=1e-15)


def test_momentum_adds_up_the_steps_before():
    optimizer, state = kit.SGD(0.1, momentum=0.5), {}
    value, grad = np.array([0.0]), np.array([1.0])

    path = []
    for _ in range(3):
        value = optimizer.update(value, grad, state)
        path.append(float(value[0]))

    np.testing.assert_allclose(path, [-0.1, -0.25, -0.425])


def test_the_gradient_may_be_reused_after_an_update():
    optimizer, state = kit.SGD(0.1, momentum=0.5), {}
    grad = np.array([1.0])
    optimizer.update(np.array([0.0]), grad, state)

    grad[:] = 100.0
    value = optimizer.update(np.array([0.0]), np.array([0.0]), state)

    np.testing.assert_allclose(value, [-0.05])


def test_an_update_changes_neither_parameter_nor_gradient():
    param, grad = np.array([1.0]), np.array([2.0])

    kit.SGD(0.1, 0.9).update(param, grad, {})

    assert (param[0], grad[0]) == (1.0, 2.0)


def test_two_parameters_share_no_momentum():
    optimizer = kit.SGD(0.1, momentum=0.5)
    optimizer.update(np.array([0.0]), np.array([1.0]), {})

    value = optimizer.update(np.array([0.0]), np.array([1.0]), {})

    np.testing.assert_allclose(value, [-0.1])


@pytest.mark.parametrize("learning_rate", [0, -1.0, math.nan, math.inf, "0.1", None, True])
def test_a_learning_rate_must_be_a_positive_number(learning_rate):
    with pytest.raises(kit.UsageError, match="learning_rate must be a positive number, not"):
        kit.SGD(learning_rate)


@pytest.mark.parametrize("momentum", [-0.1, 1.0, 2, math.nan, "0.9"])
def test_momentum_must_be_below_one(momentum):
    with pytest.raises(kit.UsageError, match="momentum must be from 0 to below 1, not"):
        kit.SGD(0.1, momentum)


def test_numbers_of_numpy_are_numbers_too():
    assert kit.SGD(np.float64(0.1), np.float32(0.5)).learning_rate == 0.1


def test_it_is_found_by_its_name():
    assert Registry().get("optimizer", "sgd") is kit.SGD
