"""Mutants of what a method takes its arguments for: single precision, memory read as it lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kit.selftest.wrapping import parameters, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kit.selftest.methods import Method

ARGUMENT = """
given = list(arguments)
array = given[{number}]
given[{number}] = {expression}
return right(self, *given)"""
PARAMETER = """
kept = self.{name}
self.{name} = kept.astype(np.float32).astype(float)
result = right(self, *arguments)
self.{name} = kept
return result"""
# Expressions of `array`; the second is wrong for an array that is turned or cut from a larger one.
SINGLE = "array.astype(np.float32).astype(float)"
AS_IT_LIES = (
    "np.lib.stride_tricks.as_strided(array, (array.size,), (array.itemsize,))"
    ".reshape(array.shape).copy()"
)


def given(method: Method) -> Iterator[tuple[str, str, str]]:
    """Yield the mutants of what a method is given: operator, in words, source of the file."""
    if method.is_start:
        return
    for number, name in enumerate(method.arguments):
        for operator, words, expression in (
            ("single precision", "in float32", SINGLE),
            ("memory", "read as it lies in memory", AS_IT_LIES),
        ):
            body = ARGUMENT.strip().format(number=number, expression=expression)
            yield operator, f"{name} {words}", wrapped(method, body)
    for name in parameters(method):
        source = wrapped(method, PARAMETER.strip().format(name=name))
        yield "single precision", f"{name} in float32", source
