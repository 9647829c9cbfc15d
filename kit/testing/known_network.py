"""The capstone's network as the kit knows it: the judge where there is no reference.

A student's folder holds no reference parts. Judged by itself, a network whose forward is wrong, or
whose backward is some other way downhill, would be called right at the student's side, and lose
its points in grading.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kit.testing.diagnosis import bce
from kit.testing.diagnosis.sigmoid import sigmoid, slope

if TYPE_CHECKING:
    from kit.protocols import Array

CLIP = 1e-12


class KnownNetwork:
    """Neural_layer -> ReLU -> Neural_layer -> Sigmoid with a cross-entropy, as formulas."""

    def __init__(self, features: int, neurons: int) -> None:
        self._shapes = ((features, neurons), (1, neurons), (neurons, 1), (1, 1))
        self._ends = np.cumsum([rows * columns for rows, columns in self._shapes])

    def outputs(self, x: Array, parameters: Array) -> Array:
        """Return what the network answers with these parameters, (batch, 1)."""
        weights, bias, more_weights, more_bias = self._split(parameters)
        hidden = np.maximum(x @ weights + bias, 0.0)
        return sigmoid(hidden @ more_weights + more_bias)

    def gradients(self, x: Array, y: Array, parameters: Array) -> Array:
        """Return dL/dparameters, one vector."""
        weights, bias, more_weights, more_bias = self._split(parameters)
        inner = x @ weights + bias
        hidden = np.maximum(inner, 0.0)
        outer = hidden @ more_weights + more_bias
        blame = bce.slope(y, np.clip(sigmoid(outer), CLIP, 1 - CLIP)) * slope(outer)
        inner_blame = (blame @ more_weights.T) * np.where(inner > 0, 1.0, 0.0)
        found = (x.T @ inner_blame, inner_blame.sum(0), hidden.T @ blame, blame.sum(0))
        return np.concatenate([each.ravel() for each in found])

    def _split(self, parameters: Array) -> list[Array]:
        parts = np.split(parameters, self._ends[:-1])
        return [part.reshape(shape) for part, shape in zip(parts, self._shapes, strict=True)]
