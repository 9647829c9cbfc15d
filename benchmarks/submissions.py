"""A class like a real one, made by a program: no two submissions have a file in common.

Half of it is right, in several ways; the rest makes one typical mistake each, left something out,
or handed in the stubs. Nobody cheats and nobody loops, for plain nbgrader could not grade those
alike. Every mistake fails or passes the final accuracy clearly, whatever the dice say.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    Edits = tuple[tuple[str, str, str], ...]  # file, what the reference says, what they say

ACTIVATIONS, LOSSES, LAYERS = FILES = ("activations.py", "losses.py", "layers.py")
NAMES = {
    "p": ("p", "clipped", "probability"),
    "scale": ("scale", "factor", "width"),
    "gradients": ("gradients", "grads", "slopes"),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """How many of thirty students write what, and which files stay stubs or are missing."""

    of_thirty: int
    edits: Edits = ()
    stubs: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


RELU = "return np.maximum(x, 0.0)"
RELU_SLOPE = "return grad * (x > 0)"
SIGMOID = "return 0.5 * (np.tanh(0.5 * x) + 1.0)"
SIGMOID_SLOPE = "return grad * y * (1.0 - y)"
LOSS = "return float(-np.mean(y_true * np.log(p) + (1.0 - y_true) * np.log(1.0 - p)))"
LOSS_SLOPE = "return (p - y_true) / (p * (1.0 - p)) / len(y_true)"
START = "self.weights = rng.standard_normal((num_of_features, num_of_neurons)) * scale"
BIAS = "self.bias = np.zeros((1, num_of_neurons))"
LAYER = "return x @ self.weights + self.bias"
LAYER_SLOPE = 'gradients = {"weights": x.T @ grad, "bias": grad.sum(axis=0, keepdims=True)}'
LAYER_MEANS = LAYER_SLOPE.replace("x.T @ grad", "x.T @ grad / len(x)").replace("sum", "mean")

MIX = {
    "right: short": Kind(4),
    "right: the textbook's formulas": Kind(
        4,
        (
            (ACTIVATIONS, RELU, "return np.where(x > 0, x, 0.0)"),
            (ACTIVATIONS, SIGMOID, "return 1.0 / (1.0 + np.exp(-x))"),
            (LOSSES, LOSS_SLOPE, "return -(y_true / p - (1 - y_true) / (1 - p)) / len(p)"),
            (LAYERS, LAYER, "return np.dot(x, self.weights) + self.bias"),
        ),
    ),
    "right: keeps values for backward": Kind(
        4,
        (
            (ACTIVATIONS, RELU, "self.mask = x > 0\n        return x * self.mask"),
            (ACTIVATIONS, RELU_SLOPE, "return grad * self.mask"),
            (ACTIVATIONS, SIGMOID, "self.y = 1 / (1 + np.exp(-x))\n        return self.y"),
            (ACTIVATIONS, SIGMOID_SLOPE, "return grad * self.y * (1 - self.y)"),
            (LAYERS, LAYER, "self.x = x\n        return x @ self.weights + self.bias"),
            (LAYERS, LAYER_SLOPE, LAYER_SLOPE.replace("x.T", "self.x.T")),
        ),
    ),
    "right: einsum and a flat bias": Kind(
        3,
        (
            (LAYERS, BIAS, "self.bias = np.zeros(num_of_neurons)"),
            (LAYERS, LAYER, 'return np.einsum("ij,jk->ik", x, self.weights) + self.bias'),
            (LAYERS, LAYER_SLOPE, 'gradients = {"weights": x.T @ grad, "bias": grad.sum(axis=0)}'),
        ),
    ),
    "ReLU forgets the incoming gradient": Kind(
        2, ((ACTIVATIONS, RELU_SLOPE, "return (x > 0).astype(float)"),)
    ),
    "ReLU writes into its input": Kind(
        1, ((ACTIVATIONS, RELU, "x[x < 0] = 0.0\n        return x"),)
    ),
    "x (1 - x) as the slope of Sigmoid": Kind(
        2, ((ACTIVATIONS, SIGMOID_SLOPE, "return grad * x * (1.0 - x)"),)
    ),
    "the loss is a sum": Kind(1, ((LOSSES, LOSS, LOSS.replace("np.mean", "np.sum")),)),
    "the gradient of the loss has the wrong sign": Kind(
        1, ((LOSSES, LOSS_SLOPE, LOSS_SLOPE.replace("p - y_true", "y_true - p")),)
    ),
    "the gradients of the layer are means": Kind(2, ((LAYERS, LAYER_SLOPE, LAYER_MEANS),)),
    "all weights start at zero": Kind(
        1, ((LAYERS, START, "self.weights = np.zeros((num_of_features, num_of_neurons))"),)
    ),
    "a syntax error in losses.py": Kind(
        1, ((LOSSES, "def backward(self, y_true, y_pred):", "def backward(self, y_true, y_pred)"),)
    ),
    "losses.py is missing": Kind(1, missing=(LOSSES,)),
    "layers.py is missing": Kind(1, missing=(LAYERS,)),
    "the activations only": Kind(1, stubs=(LOSSES, LAYERS)),
    "the untouched stubs": Kind(1, stubs=FILES),
}


def hand_in(course: Path, students: int, seed: int, parts: Path | None = None) -> None:
    """Let so many students hand in, each with the notebook as it was released.

    `parts` is the course whose solutions and stubs they write: plain nbgrader's release has no
    stubs, for it hands out the solved `.py` files as they are.
    """
    name = "backprop"
    notebook = (course / "assignments" / name / f"{name}.ipynb").read_bytes()
    for number, kind in enumerate(kinds(students, seed)):
        folder = course / "submitted" / f"student{number:05}" / name
        folder.mkdir(parents=True)
        (folder / f"{name}.ipynb").write_bytes(notebook)
        for file, text in files(parts or course, MIX[kind], number):
            (folder / file).write_text(text, encoding="utf-8")


def kinds(students: int, seed: int) -> list[str]:
    """Return what each student hands in: thirty at a time make up the whole mix."""
    thirty = [name for name, kind in MIX.items() for _ in range(kind.of_thirty)]
    dice = random.Random(seed)  # noqa: S311 - no secret
    rows = [dice.sample(thirty, len(thirty)) for _ in range(0, students, len(thirty))]
    return [name for row in rows for name in row][:students]


def files(course: Path, kind: Kind, number: int) -> Iterator[tuple[str, str]]:
    """Yield the files of one student, unlike anybody else's in names and in a comment."""
    for file in FILES:
        if file not in kind.missing:
            step = "assignments" if file in kind.stubs else "solutions"
            text = (course / step / "backprop" / file).read_text(encoding="utf-8")
            if file not in kind.stubs:
                text = _in_own_words(_edited(text, file, kind.edits), number)
            yield file, f"{text}\n# handed in by student {number}\n"


def _edited(text: str, file: str, edits: Edits) -> str:
    for edited, before, after in edits:
        if edited == file:
            if before not in text:
                raise SystemExit(f"{file} does not say {before!r} any more: mend this benchmark")
            text = text.replace(before, after)
    return text


def _in_own_words(text: str, number: int) -> str:
    text = re.sub(r"^ *### (BEGIN|END) SOLUTION.*\n", "", text, flags=re.MULTILINE)
    for name, choices in NAMES.items():
        text = re.sub(rf"\b{name}\b", choices[number % len(choices)], text)
    return text
