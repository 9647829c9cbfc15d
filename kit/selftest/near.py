"""Near misses: the reference with something a little off, so little that a blunt check lets it pass.

`fine` ones tell a tolerance of 1e-5 from one of 1e-2, `coarse` ones tell a bound from none;
`argument` ones touch what has to stay as it is; `start` ones are start values past their bounds,
and from an `idle` one no training gets away, however right the gradients are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kit.selftest.wrapping import (
    after_the_call,
    in_words,
    outputs,
    parameters,
    with_output,
    wrapped,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kit.selftest.methods import Method

OUTPUT = {
    "fine": {"0.005 % too large": "value * (1 + 5e-5)", "1e-5 too small": "value - 1e-5"},
    "coarse": {"20 % too large": "value * 1.2"},
}
START = {
    "bias": {
        "at 0.6": "self.bias = self.bias + 0.6",
        "turned": "self.bias = self.bias.reshape(-1, 1)",
        "not finite": "self.bias = self.bias + np.nan",
    },
    "weights": {
        "ten thousand times smaller": "self.weights = 1e-4 * self.weights",
        "ten times larger": "self.weights = 10 * self.weights",
        "turned": "self.weights = self.weights.T",
        "with a neuron twice": "self.weights[:, -1] = self.weights[:, 0]",
        "not finite": "self.weights[0, 0] = np.inf",
        "as float32": "self.weights = self.weights.astype(np.float32)",
        "as whole numbers": "self.weights = (100 * self.weights).astype(int)",
        "of a fixed seed": (
            "self.weights = np.random.default_rng(0).standard_normal(self.weights.shape)"
        ),
        "with a breath of other randomness": (
            "self.weights = self.weights + 1e-9 * np.random.standard_normal(self.weights.shape)"
        ),
    },
}
IDLE = "right(self, *arguments)\nself.weights = 0 * self.weights"


def near_misses(method: Method) -> Iterator[tuple[str, str, str]]:
    """Yield the near misses of a method: family, in words, source of the file."""
    if method.is_start:
        yield from _starts(method)
        return
    for place in outputs(method):
        for family, expressions in OUTPUT.items():
            for words, expression in expressions.items():
                yield family, f"{in_words(place)} {words}", with_output(method, place, expression)
    touched = {name: f"arguments[{number}]" for number, name in enumerate(method.arguments)}
    for name, where in (touched | {name: f"self.{name}" for name in parameters(method)}).items():
        body = after_the_call(f"{where}[...] *= 1 + 1e-9")
        yield "argument", f"{name} changed by 1e-9 of it", wrapped(method, body)


def _starts(method: Method) -> Iterator[tuple[str, str, str]]:
    if "weights" in parameters(method):
        yield "idle", "weights zero", wrapped(method, IDLE)
    for name in parameters(method):
        for words, body in START.get(name, {}).items():
            yield "start", f"{name} {words}", wrapped(method, f"right(self, *arguments)\n{body}")
        misnamed = f'right(self, *arguments)\nself.parameters = ("{name}",)'
        yield "start", f"parameters is {name} alone", wrapped(method, misnamed)
