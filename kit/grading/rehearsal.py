"""Let a process do once, on a toy, what its copies will do: they inherit what it has learned.

Python specializes code while it runs (PEP 659), and a copy that runs fresh code writes into pages
that it would otherwise share. The toy is ours: no student's code, no test and no reference.
"""

from __future__ import annotations

import linecache
import socket
import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from kit.bench import Bench, Handle, Previous, Seed
from kit.grading import wire, worker

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "toy.py"
SOURCE = '''
"""A part such as a student writes."""

import numpy as np

import kit


class Toy:
    parameters = ("weights", "bias")

    def __init__(self, features, neurons, rng=None):
        rng = np.random.default_rng(rng)
        self.weights = rng.standard_normal((features, neurons)) * np.sqrt(2.0 / features)
        self.bias = np.zeros((1, neurons))

    def forward(self, x):
        return np.maximum(x @ self.weights + self.bias, 0.0)

    def backward(self, grad, x):
        grad = grad * (1.0 / (1.0 + np.exp(-np.clip(grad, 0.1, 1.0))) > 0) * np.log(2.0)
        return grad @ self.weights.T, {
            "weights": x.T @ grad, "bias": np.mean(grad.sum(axis=0, keepdims=True), axis=0)
        }

    def fail(self):
        raise NotImplementedError("like a stub")


@kit.hookimpl
def kit_layers():
    return {"toy": Toy}
'''
TIMES = 10  # a function is specialized when it has run eight times


def rehearse() -> None:
    """Answer questions about the toy, from the frame that comes to the frame that goes."""
    before = set(sys.modules)
    here, there = socket.socketpair()
    with here, there:
        for _ in range(TIMES):
            bench = Bench({NAME: SOURCE}, in_worker=True)
            for question in _questions():
                wire.send(here, 1, question)
                nonce, asked = wire.receive(there, writable=True)
                worker.reply(there, nonce, worker.answer(bench, asked))
                wire.receive(here)
    for name in set(sys.modules) - before:
        del sys.modules[name]
    linecache.cache.pop(NAME, None)


def _questions() -> Iterator[list[list[Any]]]:
    x, grad, toy = np.ones((3, 2)), np.ones((3, 4)), Handle(0)
    settings = {"weights": np.ones((2, 4)), "bias": np.ones((1, 4))}
    yield [
        ["make", "layer:toy", f"{NAME}:Toy", [2, 4, Seed(1)]],
        ["call", toy, "forward", [x], settings],
    ]
    yield [["get", toy, "bias", {}]]
    yield [["call", toy, "fail", [], {}]]
    several = [["call", toy, "forward", [x], {}], ["call", toy, "backward", [Previous(), x], {}]]
    after = ["call_after", ("forward", [x]), toy, "backward", [grad, x], settings]
    yield [["answers", [*several, after, ["get", toy, "weights", {}]]]]
