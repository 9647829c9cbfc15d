"""How fast the kit trains, beside others and beside the bare matrix products.

    python -m benchmarks train [--tasks T1 T2] [--dtype float32] [--rounds N] [--json]

Everybody has the same start values, data, batches and epochs, shuffles each epoch, and keeps the
loss of each. They take turns in one run, each in a process of its own, with one thread; what
counts is CPU time. Who gives other losses than the textbook trainer ends the run. scikit-learn,
PyTorch and JAX take part where they are installed: pip install '.[peers]'. `jax_own_order` draws its
own batches.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import json
import math
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.tasks import TASKS
from benchmarks.threads import environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parents[1]
OURS = ("textbook", "fast")
PEERS = {
    "scikit_learn": "sklearn",
    "pytorch": "torch",
    "jax_scan": "jax",
    "jax_own_order": "jax",
}
ROUNDS = {"T4": 2, "T3": 6}  # rounds of the long tasks; the others take the default


class Contestant:
    """A process that fits when told to."""

    def __init__(self, name: str, task: str, dtype: str) -> None:
        self.name = name
        command = [sys.executable, "-m", "benchmarks.contestant", name, task, dtype]
        self._process = subprocess.Popen(
            command,
            env={**environment(), "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.losses = self._answer()

    def fit(self) -> float:
        """Return the CPU seconds of one fit."""
        assert self._process.stdin
        print(file=self._process.stdin, flush=True)
        return float(self._answer())

    def close(self) -> None:
        """End the process."""
        self._process.communicate()

    def _answer(self) -> list[float] | float:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.name} has ended")
        return json.loads(line)


def names(wanted: Sequence[str]) -> list[str]:
    """Return who takes part."""
    there = [name for name, package in PEERS.items() if importlib.util.find_spec(package)]
    others = [*there, "products"]
    return ["reference", *OURS, *(name for name in others if not wanted or name in wanted)]


@contextlib.contextmanager
def contestants(task: str, dtype: str, wanted: Sequence[str]) -> Iterator[list[Contestant]]:
    """Start everybody, and compare their losses."""
    found: list[Contestant] = []
    try:
        for name in names(wanted):
            found.append(Contestant(name, task, dtype))
            _insist(found[0], found[-1], 1e-9 if dtype == "float64" else 2e-3)
        yield found
    finally:
        for each in found:
            each.close()


def _insist(reference: Contestant, other: Contestant, tolerance: float) -> None:
    if other.losses is None:  # the bare products
        return
    pairs = zip(reference.losses, other.losses, strict=True)
    if not all(math.isclose(a, b, rel_tol=tolerance, abs_tol=tolerance) for a, b in pairs):
        raise SystemExit(f"{other.name} gives other losses: {other.losses[-1]}")


def compare(
    task: str, dtype: str, rounds: int, wanted: Sequence[str] = ()
) -> dict[str, list[float]]:
    """Return the CPU seconds of everybody's fits, round by round."""
    seconds: dict[str, list[float]] = {}
    with contestants(task, dtype, wanted) as found:
        for each in found:
            each.fit()  # warm
        for number in range(rounds):
            turn = found[number % len(found) :] + found[: number % len(found)]
            for each in turn:
                seconds.setdefault(each.name, []).append(each.fit())
    return {each.name: seconds[each.name] for each in found}


def show(task: str, dtype: str, seconds: dict[str, list[float]]) -> None:
    """Print one table: milliseconds an epoch, and ratios of the same round."""
    count = len(seconds["reference"])
    print(f"\n{task} {dtype}, {count} rounds\n")
    print(f"| {'':13} | ms an epoch | textbook parts | kit-fast |\n|---|---:|---:|---:|")
    for name, own in seconds.items():
        ratios = " | ".join(f"{_ratio(own, seconds[ours]):.2f}" for ours in OURS)
        print(f"| {name:13} | {min(own) / TASKS[task].epochs * 1e3:.4g} | {ratios} |")


def _ratio(theirs: Sequence[float], ours: Sequence[float]) -> float:
    """Return the median of paired ratios: how often ours goes into theirs."""
    return median(a / b for a, b in zip(theirs, ours, strict=True))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print tables or JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks train", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--tasks", nargs="+", choices=TASKS, default=list(TASKS), metavar="T")
    parser.add_argument("--dtype", choices=("float64", "float32"), default="float64")
    parser.add_argument("--beside", nargs="+", default=[], choices=[*PEERS, "products"])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    for task in options.tasks:
        rounds = min(options.rounds, ROUNDS.get(task, options.rounds))
        seconds = compare(task, options.dtype, rounds, options.beside)
        if options.json:
            print(json.dumps({"task": task, "dtype": options.dtype, "seconds": seconds}))
        else:
            show(task, options.dtype, seconds)


if __name__ == "__main__":
    main()
