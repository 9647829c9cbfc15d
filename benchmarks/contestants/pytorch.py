"""PyTorch, eager: modules, autograd, its own SGD, batches by index from one tensor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn

from benchmarks.tasks import LEARNING_RATE

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.tasks import Task


def prepared(task: Task, dtype: str, *, shuffled: bool) -> Callable[[], list[float]]:
    """Return the fit."""
    torch.set_num_threads(1)
    x, y = (torch.from_numpy(array) for array in task.points(dtype))

    def fit() -> list[float]:
        model = _model(task, dtype)
        optimizer = torch.optim.SGD(model.parameters(), LEARNING_RATE)
        criterion = nn.BCEWithLogitsLoss()
        losses = []
        for order in task.orders(shuffled=shuffled):
            total, indices = 0.0, torch.from_numpy(order)
            for batch in indices.split(task.batch_size):
                optimizer.zero_grad()
                loss = criterion(model(x[batch]), y[batch])
                loss.backward()
                optimizer.step()
                total += loss.item() * len(batch)
            losses.append(total / task.samples)
        return losses

    return fit


def _model(task: Task, dtype: str) -> nn.Sequential:
    steps: list[nn.Module] = []
    for weights, bias in task.start(dtype):
        layer = nn.Linear(*weights.shape, dtype=getattr(torch, dtype))
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(weights.T.copy()))
            layer.bias.copy_(torch.from_numpy(bias[0].copy()))
        steps += [layer, nn.ReLU()]
    return nn.Sequential(*steps[:-1])
