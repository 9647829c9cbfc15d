import kit_gelu
import numpy as np
import pytest


@pytest.fixture
def x():
    return np.random.default_rng(0).uniform(-6.0, 6.0, (7, 5))


def test_the_package_provides_gelu():
    assert kit_gelu.kit_activations() == {"gelu": kit_gelu.GELU}


def test_backward_is_the_slope_of_forward_times_the_incoming_gradient(x):
    gelu = kit_gelu.GELU()
    grad = np.random.default_rng(1).standard_normal(x.shape)
    step = 1e-5

    dx = gelu.backward(grad, x, gelu.forward(x))

    slope = (gelu.forward(x + step) - gelu.forward(x - step)) / (2.0 * step)
    np.testing.assert_allclose(dx, grad * slope, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_that_goes_in_comes_out(x, dtype):
    gelu = kit_gelu.GELU()
    x = x.astype(dtype)

    y = gelu.forward(x)

    assert y.dtype == dtype
    assert gelu.backward(np.ones_like(x), x, y).dtype == dtype


def test_large_numbers_pass_and_large_negative_ones_do_not():
    y = kit_gelu.GELU().forward(np.array([[-1000.0, 1000.0]]))

    np.testing.assert_array_equal(y, [[0.0, 1000.0]])
