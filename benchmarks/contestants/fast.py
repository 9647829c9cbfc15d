"""The kit with the parts of `examples/kit-fast`, which declare all that there is."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.contestants.ours import fit_with

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.tasks import Task

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "kit-fast"


def parts() -> dict[str, Any]:
    """Return the parts of the example, which need not be installed."""
    sys.path.insert(0, str(FOLDER))
    import kit_fast

    return {
        "layer": kit_fast.Dense,
        "activation": kit_fast.ReLU,
        "sigmoid": kit_fast.Sigmoid,
        "loss": kit_fast.BinaryCrossEntropy,
    }


def prepared(task: Task, dtype: str, *, shuffled: bool) -> Callable[[], list[float]]:
    """Return the fit."""
    return fit_with(parts(), task, dtype, shuffled=shuffled)
