"""Find the smallest input that shows what is wrong: one number beats a page of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kit.testing.closeness import CheckFailed, agrees, assert_close, show
from kit.testing.gradients import numerical_gradient

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kit.protocols import Array
    from kit.testing.parts import Part


def assert_elementwise(
    call: Callable[..., Any],
    inputs: Mapping[str, Array],
    expected: Array,
    *,
    asked: str,
    usually: str,
) -> None:
    """Hold an element-by-element function against a table of right answers.

    `call` takes the inputs by name, all of the shape of `expected`. On failure the elements are
    tried one by one, and the first that is wrong alone is shown.
    """
    whole = call(**inputs)
    if agrees(whole, expected):
        return
    for place in np.ndindex(expected.shape):
        single = {name: array[place].reshape(1, 1) for name, array in inputs.items()}
        target = expected[place].reshape(1, 1)
        assert_close(call(**single), target, asked=asked, given=single, usually=usually)
    assert_close(whole, expected, asked=asked, given=inputs, usually=usually)


def assert_backward_fits_forward(
    part: Part, x: Array, grad: Array, *, asked: str, usually: str
) -> None:
    """Hold an activation's backward against the slope of its own forward, element by element."""
    dx = part.backward(grad, x, part.forward(x))
    slope = _slope(part, x)
    if agrees(dx, grad * slope, rtol=1e-4, atol=1e-6):
        return
    for place in np.ndindex(x.shape):
        _one_element(part, x[place].reshape(1, 1), grad[place].reshape(1, 1), asked, usually)
    raise CheckFailed(
        asked,
        given={"x": x, "grad": grad},
        came=show(dx),
        expected=f"{show(grad * slope)}: grad times the slope of YOUR forward",
        usually=usually,
    )


def _one_element(part: Part, x: Array, grad: Array, asked: str, usually: str) -> None:
    dx = part.backward(grad, x, part.forward(x))
    slope = _slope(part, x)
    if not agrees(dx, grad * slope, rtol=1e-4, atol=1e-6):
        raise CheckFailed(
            asked,
            given={"x": x, "grad": grad},
            came=show(dx),
            expected=f"{show(grad * slope)}: the slope of YOUR forward there, measured with a "
            f"tiny step, is {slope.item():.4f}, and dL/dx is grad times the slope",
            usually=usually,
        )


def _slope(part: Part, x: Array) -> Array:
    return numerical_gradient(lambda moved: float(np.sum(part.forward(moved))), x)
