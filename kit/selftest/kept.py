"""Mutants of what a method keeps from call to call, and of what it writes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kit.selftest.wrapping import after_the_call, parameters, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kit.selftest.methods import Method

# Bodies that see `right`, the method as it is, with `self` and `arguments`.
ANSWER = {
    "the first answer is kept": """
if not hasattr(self, "_kept"):
    self._kept = right(self, *arguments)
return self._kept""",
    "the first answer of each shape is kept": """
kept = self.__dict__.setdefault("_kept", {})
key = (method, *(each.shape for each in arguments))
if key not in kept:
    kept[key] = right(self, *arguments)
return kept[key]""",
    "the first answer is kept for batches that begin alike": """
kept = self.__dict__.setdefault("_kept", {})
key = (method, *(each[:1].tobytes() for each in arguments), len(arguments[0]))
if key not in kept:
    kept[key] = right(self, *arguments)
return kept[key]""",
    "the first answer is kept for batches of one sum": """
kept = self.__dict__.setdefault("_kept", {})
key = (method, *((each.shape, round(float(each.sum()), 6)) for each in arguments))
if key not in kept:
    kept[key] = right(self, *arguments)
return kept[key]""",
    "the answer is kept for the same objects": """
same, self._seen = self.__dict__.get("_seen", ()), arguments
if len(same) != len(arguments) or any(a is not b for a, b in zip(same, arguments)):
    self._answer = right(self, *arguments)
return self._answer""",
    "the answer is kept for all objects, shape by shape": """
kept = _wrapped.__dict__.setdefault("_kept", {})
key = (method, *(each.shape for each in arguments))
if key not in kept:
    kept[key] = right(self, *arguments)
return kept[key]""",
    "answers add up": """
def total(old, new):
    if isinstance(new, dict):
        return {key: total(old[key], new[key]) for key in new}
    if isinstance(new, tuple):
        return tuple(map(total, old, new))
    return old + new if np.shape(old) == np.shape(new) else new

result = right(self, *arguments)
self._total = total(self._total, result) if hasattr(self, "_total") else result
return self._total""",
}
ARGUMENT = {
    "is that of the first call": """
if not hasattr(self, "_{name}"):
    self._{name} = np.array(arguments[{number}])
given = list(arguments)
given[{number}] = self._{name}
return right(self, *given)""",
    "is that of the first call with its shape": """
kept = self.__dict__.setdefault("_kept", {{}})
given = list(arguments)
given[{number}] = kept.setdefault(given[{number}].shape, np.array(given[{number}]))
return right(self, *given)""",
}
LAST_FORWARD = {
    "is that of the last forward of any object": """
given = list(arguments)
given[{number}] = _wrapped.__dict__.get("_xs", [given[{number}]])[-1]
return right(self, *given)""",
    "comes from one pile of all objects": """
given = list(arguments)
given[{number}] = _wrapped.__dict__.get("_xs", [given[{number}]]).pop()
return right(self, *given)""",
}
IN_PLACE = {
    "is one larger afterwards": "arguments[{number}][...] += 1",
    "is zero afterwards": "arguments[{number}][...] *= 0",
    "has its largest number halved": (
        "arguments[{number}][arguments[{number}] == arguments[{number}].max()] *= 0.5"
    ),
    "is halved if it is one sample": (
        "if len(arguments[{number}]) == 1: arguments[{number}][...] *= 0.5"
    ),
}
FIRST_VALUE = """
self.{name} = self.__dict__.setdefault("_{name}", self.{name})
return right(self, *arguments)"""
ONE_LARGER = "self.{name} = self.{name} + 1"
# Appended to LAST_FORWARD: forward leaves its input where backward of any object finds it.
REMEMBER = """

def _remembering(right):
    @functools.wraps(right)
    def forward(self, *arguments):
        _wrapped.__dict__.setdefault("_xs", []).append(np.array(arguments[0]))
        return right(self, *arguments)

    return forward


{owner}.forward = _remembering({owner}.forward)
"""


def kept(method: Method) -> Iterator[tuple[str, str, str]]:
    """Yield the mutants of a method that keep something: operator, in words, source of the file."""
    if method.is_start:
        return
    for words, body in ANSWER.items():
        yield "state", words, wrapped(method, body.strip())
    for number, name in enumerate(method.arguments):
        for words, body in ARGUMENT.items():
            stale = body.strip().format(name=name, number=number)
            yield "state", f"{name} {words}", wrapped(method, stale)
    if method.node.name == "backward" and "x" in method.arguments:
        for words, template in LAST_FORWARD.items():
            body = template.strip().format(number=method.arguments.index("x"))
            source = wrapped(method, body) + REMEMBER.format(owner=method.owner.name)
            yield "state", f"x {words}", source
    for name in parameters(method):
        source = wrapped(method, FIRST_VALUE.strip().format(name=name))
        yield "state", f"{name} is what it was at the first call", source


def overwritten(method: Method) -> Iterator[tuple[str, str, str]]:
    """Yield the mutants of a method that write to what is not theirs."""
    if method.is_start:
        return
    for number, name in enumerate(method.arguments):
        for words, statement in IN_PLACE.items():
            source = wrapped(method, after_the_call(statement.format(number=number)))
            yield "in place", f"{name} {words}", source
    for name in parameters(method):
        source = wrapped(method, after_the_call(ONE_LARGER.format(name=name)))
        yield "in place", f"{name} is one larger afterwards", source
