"""Matrix products where a product element by element was due, in all ways to write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kit.testing.diagnosis.beliefs import equals

if TYPE_CHECKING:
    from kit.testing.diagnosis.beliefs import Belief, Formula


def matrix_products(slope: Formula) -> Belief:
    """Return the belief that the gradient meets the slope in a matrix product."""
    return equals(
        lambda it: it.grad @ slope(it).T,
        lambda it: it.grad.T @ slope(it),
        lambda it: slope(it) @ it.grad.T,
        lambda it: slope(it).T @ it.grad,
        lambda it: it.grad @ slope(it),
        lambda it: slope(it) @ it.grad,
    )
