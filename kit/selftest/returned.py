"""Mutants of what a method returns: its type, its shape, its numbers, its rows."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from kit.selftest.wrapping import (
    in_words,
    is_gradient_of_parameter,
    outputs,
    returns_a_number,
    with_output,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kit.selftest.methods import Method

# Expressions of `value`, one output of the method, and `count`, the size of the batch.
ANY_OUTPUT = {
    "dtype": {
        "float32": "np.asarray(value, dtype=np.float32)",
        "float64 by way of float32": "np.asarray(value, dtype=np.float32).astype(float)",
        "whole numbers": "np.asarray(value).astype(int)",
        "complex numbers": "np.asarray(value) + 0j",
        "a list": "np.asarray(value).tolist()",
    },
    "batch": {
        "divided by the batch size": "value / count",
        "times the batch size": "value * count",
    },
    "value": {
        "zero": "value * 0",
        "rounded to 3 places": "np.round(value, 3)",
        "nan": "value * np.nan",
        "no larger than 1": "np.clip(value, -1, 1)",
        "no larger than 10": "np.clip(value, -10, 10)",
        "its absolute value": "np.abs(value)",
        "None": "None",
    },
}
ARRAY_OUTPUT = {
    "batch": {
        "the first row for all": "np.repeat(value[:1], len(value), axis=0)",
        "the last row zero": "np.vstack([value[:-1], 0 * value[-1:]])",
        "the mean row for all": "np.repeat(value.mean(axis=0, keepdims=True), len(value), axis=0)",
        "rows in reverse": "value[::-1]",
        "nothing after row 32": "np.vstack([value[:32], 0 * value[32:]])",
    },
    "shape": {
        "flat": "value.ravel()",
        "transposed": "value.T",
        "one axis more": "value[None]",
        "columns in reverse": "value[:, ::-1]",
        "nothing after column 3": "np.hstack([value[:, :3], 0 * value[:, 3:]])",
    },
}


def returned(method: Method) -> Iterator[tuple[str, str, str]]:
    """Yield the mutants of a method's outputs: operator, in words, source of the file."""
    if method.is_start:
        return
    tables = [ANY_OUTPUT] if returns_a_number(method) else [ANY_OUTPUT, ARRAY_OUTPUT]
    for place, table in itertools.product(outputs(method), tables):
        for operator, expressions in table.items():
            if table is ARRAY_OUTPUT and operator == "batch" and is_gradient_of_parameter(place):
                continue  # its rows are features, not samples
            for words, expression in expressions.items():
                source = with_output(method, place, expression)
                yield operator, f"{in_words(place)} {words}", source
