"""JAX as its users write it: the same scan, and its own random order inside the compiled epoch."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp

from benchmarks.contestants import jax_scan

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.tasks import Task


def prepared(task: Task, dtype: str, *, shuffled: bool) -> Callable[[], list[float]]:
    """Return the fit; without shuffling it is the other one's."""
    if not shuffled or task.batch_size >= task.samples:
        return jax_scan.prepared(task, dtype, shuffled=False)
    x, y = (jnp.asarray(array) for array in task.points(dtype))

    def fit() -> list[float]:
        layers = [(jnp.asarray(w), jnp.asarray(b)) for w, b in task.start(dtype)]
        key, losses = jax.random.key(3), []
        for _ in range(task.epochs):
            key, layers, loss = _epoch(key, layers, x, y, task.batch_size)
            losses.append(float(loss))
        return losses

    fit()
    return fit


@partial(jax.jit, static_argnames="size")
def _epoch(key: Any, layers: Any, x: Any, y: Any, size: int) -> Any:
    key, own = jax.random.split(key)
    order = jax.random.permutation(own, len(x))
    return key, *jax_scan.epoch(layers, x, y, order, size)
