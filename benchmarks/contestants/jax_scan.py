"""JAX, one compiled scan over the batches of an epoch; compiled before the clock starts."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")

import jax
import jax.numpy as jnp

from benchmarks.tasks import LEARNING_RATE

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.tasks import Task

jax.config.update("jax_enable_x64", True)


def prepared(task: Task, dtype: str, *, shuffled: bool) -> Callable[[], list[float]]:
    """Return the fit."""
    x, y = (jnp.asarray(array) for array in task.points(dtype))

    def fit() -> list[float]:
        layers = [(jnp.asarray(w), jnp.asarray(b)) for w, b in task.start(dtype)]
        losses = []
        for order in task.orders(shuffled=shuffled):
            layers, loss = epoch(layers, x, y, jnp.asarray(order), task.batch_size)
            losses.append(float(loss))
        return losses

    fit()
    return fit


def _loss(layers: Any, x: Any, y: Any) -> Any:
    for weights, bias in layers[:-1]:
        x = jax.nn.relu(x @ weights + bias)
    weights, bias = layers[-1]
    logits = x @ weights + bias
    return jnp.mean(jax.nn.softplus(logits) - y * logits)


def _step(layers: Any, batch: Any) -> Any:
    loss, gradients = jax.value_and_grad(_loss)(layers, *batch)
    moved = jax.tree.map(lambda value, slope: value - LEARNING_RATE * slope, layers, gradients)
    return moved, loss * len(batch[0])


@partial(jax.jit, static_argnames="size")
def epoch(layers: Any, x: Any, y: Any, order: Any, size: int) -> Any:
    """Return the layers after an epoch in this order, and its loss."""
    full, x, y = len(x) // size * size, x[order], y[order]
    batches = [array[:full].reshape(-1, size, array.shape[1]) for array in (x, y)]
    layers, losses = jax.lax.scan(_step, layers, batches)
    total = losses.sum()
    if full < len(x):
        layers, loss = _step(layers, (x[full:], y[full:]))
        total += loss
    return layers, total / len(x)
