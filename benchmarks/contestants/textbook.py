"""The kit with the textbook parts of `solutions/`, which declare nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.contestants.ours import fit_with
from kit.plugins import Registry, find

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.tasks import Task

SOLUTIONS = Path(__file__).resolve().parents[2] / "solutions" / "backprop"


def parts() -> dict[str, Any]:
    """Return the reference's parts."""
    registry = Registry(find([SOLUTIONS]), strict=True)
    return {
        "layer": registry.get("layer", "neural_layer"),
        "activation": registry.get("activation", "relu"),
        "sigmoid": registry.get("activation", "sigmoid"),
        "loss": registry.get("loss", "bce"),
    }


def prepared(task: Task, dtype: str, *, shuffled: bool) -> Callable[[], list[float]]:
    """Return the fit."""
    return fit_with(parts(), task, dtype, shuffled=shuffled)
