"""How often right and wrong networks pass the final exercise: `assert_learns` on all three data sets.

    python -m benchmarks.capstone [RIGHT_SEEDS [WRONG_SEEDS]]

Each variant is the reference with a line or two replaced. A seed draws data, fresh points, start
values and mini-batches. "by accuracy alone" leaves out the look at the gradients: then a network is
its own judge, as it is at a student's desk.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kit.bench import Bench
from kit.data import circles, moons, xor
from kit.errors import PartError
from kit.manifest import read_manifest
from kit.testing.accuracy import assert_learns
from kit.testing.closeness import CheckFailed
from kit.testing.parts import Student

FOLDER = Path(__file__).resolve().parents[1] / "solutions" / "backprop"
BARS = {moons: 0.95, circles: 0.98, xor: 0.97}

SCALE = "scale = np.sqrt(2.0 / num_of_features)"
START = "rng.standard_normal((num_of_features, num_of_neurons)) * scale"
OUTPUT = "return x @ self.weights + self.bias"
BIAS = "grad.sum(axis=0, keepdims=True)"
WEIGHTS = "x.T @ grad"
INPUT = "return grad @ self.weights.T, gradients"
RELU, RELU_SLOPE = "return np.maximum(x, 0.0)", "return grad * (x > 0)"
SIGMOID, SIGMOID_SLOPE = "return 0.5 * (np.tanh(0.5 * x) + 1.0)", "return grad * y * (1.0 - y)"
LOSS = "np.mean(y_true * np.log(p) + (1.0 - y_true) * np.log(1.0 - p))"
LOSS_SLOPE = "return (p - y_true) / (p * (1.0 - p)) / len(y_true)"
FIRST, HIDDEN = "len(self.weights) == 2", "self.bias.size > 1"
SINGLE = "grad = np.float32(grad).astype(float); "

Edits = tuple[tuple[str, str], ...]
RIGHT: dict[str, Edits] = {
    "He start values": (),
    "Glorot": ((SCALE, "scale = np.sqrt(2.0 / (num_of_features + num_of_neurons))"),),
    "unscaled normal": ((SCALE, "scale = 1.0"),),
    "0.01 times normal": ((SCALE, "scale = 0.01"),),
    "uniform from 0 to 1": ((START, "rng.random((num_of_features, num_of_neurons))"),),
    "calculated in float32": (
        (OUTPUT, "return np.float32(x @ self.weights + self.bias).astype(float)"),
        (INPUT, f"{SINGLE}{INPUT}"),
    ),
    "ReLU with slope 1 at 0": ((RELU_SLOPE, "return grad * (x >= 0)"),),
}
WRONG: dict[str, Edits] = {
    "each layer against its own output": ((INPUT, "return grad.sum(1, keepdims=True) + 0 * x, gradients"),),
    "the same, with a bounded slope": ((INPUT, "return np.tanh(grad.sum(1, keepdims=True)) + 0 * x, gradients"),),
    "first layer never trained": ((WEIGHTS, f"x.T @ grad * (not {FIRST})"), (BIAS, f"{BIAS} * (not {FIRST})")),
    "biases never updated": ((BIAS, f"0 * {BIAS}"),),
    "hidden bias never updated": ((BIAS, f"{BIAS} * (not {HIDDEN})"),),
    "no ReLU derivative": ((RELU_SLOPE, "return grad"),),
    "ReLU mask taken from the gradient": ((RELU_SLOPE, "return grad * (grad > 0)"),),
    "no sigmoid derivative": ((SIGMOID_SLOPE, "return grad"),),
    "sigmoid derivative of x": ((SIGMOID_SLOPE, "return grad * x * (1.0 - x)"),),
    "no hidden non-linearity": ((RELU, "return x + 0.0"), (RELU_SLOPE, "return grad")),
    "second weights left out of the chain": ((INPUT, "return np.repeat(grad.mean(1, keepdims=True), len(self.weights), 1), gradients"),),
    "wrong sign everywhere": ((LOSS_SLOPE, LOSS_SLOPE.replace("return ", "return -")),),
    "wrong sign in the first layer": ((WEIGHTS, f"x.T @ grad * (-1 if {FIRST} else 1)"),),
    "gradient summed, not averaged": ((LOSS_SLOPE, LOSS_SLOPE.replace(" / len(y_true)", "")),),
    "averaged twice": ((WEIGHTS, "x.T @ grad / len(x)"), (BIAS, "grad.mean(axis=0, keepdims=True) / 1")),
    "loss with one term": ((LOSS, "np.mean(y_true * np.log(p))"), (LOSS_SLOPE, "return -y_true / p / len(y_true)")),
    "labels (N,) against (N, 1)": ((LOSS_SLOPE, "return ((p - y_true.ravel()) / (p * (1.0 - p)) / len(p)).mean(1, keepdims=True)"),),
    "zero start": ((SCALE, "scale = 0.0"),),
    "constant start": ((START, "np.full((num_of_features, num_of_neurons), 0.5) + 0 * scale"),),
    "gradients never reset": ((WEIGHTS, 'self.__dict__.setdefault("kept", []).append(x.T @ grad) or sum(self.kept)'),),
    "one ReLU mask for the batch": ((RELU_SLOPE, "return grad * (x.mean(axis=0) > 0)"),),
    "bias gradient averaged again": ((BIAS, "grad.mean(axis=0, keepdims=True)"),),
    "updated before dL/dx is calculated": ((INPUT, 'return grad @ (self.weights - 0.5 * gradients["weights"]).T, gradients'),),
    "squared-error gradient": ((LOSS_SLOPE, "return 2 * (p - y_true) / len(y_true)"),),
    "abs in place of ReLU": ((RELU, "return np.abs(x)"), (RELU_SLOPE, "return grad * np.sign(x)")),
    "sigmoid in place of ReLU": ((RELU, "return 1 / (1 + np.exp(-x))"), (RELU_SLOPE, "return grad * y * (1 - y)")),
}  # fmt: skip


@dataclass(frozen=True)
class Sources:
    """The reference's files, and what is made of them."""

    files: dict[str, str]

    def student(self, edits: Edits) -> Student:
        """Return the reference with some of its lines replaced; each has to be there."""
        files = dict(self.files)
        for old, new in edits:
            if not any(old in text for text in files.values()):
                raise SystemExit(
                    f"the reference does not say {old!r} any more: mend this benchmark"
                )
            files = {name: text.replace(old, new) for name, text in files.items()}
        return Student(Bench(files), read_manifest(FOLDER).exercise("accuracy"))


def passes(student: Student, judge: Student, seed: int) -> bool:
    """Whether the three checks of the exercise are passed."""
    rngs = np.random.default_rng(seed).spawn(len(BARS))
    try:
        with np.errstate(all="ignore"):
            for (dataset, bar), rng in zip(BARS.items(), rngs, strict=True):
                assert_learns(student, judge, dataset, bar, rng)
    except (CheckFailed, PartError):
        return False
    return True


def main() -> None:
    """Print the table."""
    counts = [*map(int, sys.argv[1:]), 2000, 200][: max(2, len(sys.argv) - 1)]
    files = {name: (FOLDER / name).read_text(encoding="utf-8") for name in ("activations.py", "losses.py", "layers.py")}  # fmt: skip
    sources = Sources(files)
    print(f"{'':<36} seeds  passes the exercise   by accuracy alone")
    for variants, seeds in zip((RIGHT, WRONG), counts, strict=False):
        for name, edits in variants.items():
            graded = sum(
                passes(sources.student(edits), sources.student(()), seed) for seed in range(seeds)
            )
            alone = sum(
                passes(mine := sources.student(edits), mine, seed)
                for seed in range(min(seeds, 200))
            )
            print(
                f"{name:<36} {seeds:>5} {graded / seeds:>20.2%} {alone / min(seeds, 200):>19.1%}",
                flush=True,
            )


if __name__ == "__main__":
    main()
