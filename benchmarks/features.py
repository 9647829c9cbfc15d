"""What each thing that a part may declare brings: the fast parts, with one of them left out.

    python -m benchmarks features [--tasks T1 T2 T3] [--dtype float32] [--rounds N]

The figures are per cent of CPU time that a fit takes more than with all features, medians of fits
that take turns in one process, one thread.
"""

from __future__ import annotations

import argparse
import gc
import time
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.contestants import fast, textbook
from benchmarks.contestants.ours import fit_with
from benchmarks.tasks import TASKS
from benchmarks.threads import one_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Parts = Mapping[str, Any]


def variations() -> dict[str, Parts]:
    """Return the fast parts, and what is left of them without each feature."""
    whole, plain = fast.parts(), textbook.parts()
    layer, relu, loss = whole["layer"], whole["activation"], whole["loss"]
    unbound = {"layer": _without(layer, bind=None)}
    unbound["activation"] = _without(relu, bind=None, in_place=False)
    return {
        "all": whole,
        "in_place": whole | {"activation": _without(relu, in_place=False)},
        "bind of the activation": whole | {"activation": unbound["activation"]},
        "bind of the layer": whole | {"layer": unbound["layer"]},
        "bind of both": whole | unbound,
        "bind and out= of the activation": whole | {"activation": plain["activation"]},
        "bind, out= and need_input_grad=": whole
        | {"activation": plain["activation"], "layer": plain["layer"]},
        "fuse": whole | {"loss": _without(loss, fuse=None)},
        "everything but need_input_grad=": plain | {"layer": _thrifty(plain["layer"])},
        "everything": plain,
    }


def _without(part: type, **features: Any) -> type:
    return type(part.__name__, (part,), features)


def _thrifty(layer: type) -> type:
    """Return the textbook's layer, which computes no gradient that nobody wants."""

    def backward(self: Any, grad: Any, x: Any, need_input_grad: bool = True) -> Any:
        gradients = {"weights": x.T @ grad, "bias": grad.sum(axis=0, keepdims=True)}
        return grad @ self.weights.T if need_input_grad else None, gradients

    return _without(layer, backward=backward)


def measure(fits: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """Return CPU seconds of fits that take turns."""
    seconds: dict[str, list[float]] = {name: [] for name in fits}
    gc.disable()
    for number in range(rounds + 1):
        for name, fit in fits.items():
            started = time.process_time()
            fit()
            if number:  # the first round is for warming up
                seconds[name].append(time.process_time() - started)
        gc.collect()
    return seconds


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks features", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--tasks", nargs="+", choices=TASKS, default=["T1", "T5", "T2", "T3"])
    parser.add_argument("--dtype", choices=("float64", "float32"), default="float64")
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args(arguments)
    columns = {}
    for name in options.tasks:
        fits = {
            left_out: fit_with(parts, TASKS[name], options.dtype, shuffled=True)
            for left_out, parts in variations().items()
        }
        seconds = measure(fits, 4 if name in {"T3", "T4"} else options.rounds)
        columns[name] = {
            left_out: median(a / b for a, b in zip(own, seconds["all"], strict=True))
            for left_out, own in seconds.items()
        }
    print(f"| without | {' | '.join(columns)} |\n|---|{'---:|' * len(columns)}")
    for left_out in variations():
        cells = [f"{(column[left_out] - 1) * 100:+.0f} %" for column in columns.values()]
        print(f"| {left_out} | {' | '.join(cells)} |")


if __name__ == "__main__":
    one_thread()
    main()
