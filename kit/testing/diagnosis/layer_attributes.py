"""Look for the attributes that a layer is to have, and for those that stand in their place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kit.missing import near
from kit.testing.diagnosis.asking import play
from kit.values import Seed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kit.testing.diagnosis.layer import Layers

NAMES = ("weights", "bias")
OTHERS = ("__dict__", "parameters")
SHOWN = 6
NAME_LIMIT = 40


def missing_attributes(layers: Layers) -> str:
    """Say which of weights and bias a new layer lacks, and which of its own it has; "" for none."""
    part = layers.subject.make
    asked = [lambda name=name: [part(3, 2, Seed(0)).question_for(name)] for name in NAMES]
    others = [lambda name=name: [part(3, 2, Seed(0)).question_for(name)] for name in OTHERS]
    found = [answer for [answer] in play([*asked, *others])]
    errors = [answer.error for answer in found[: len(NAMES)]]
    lacking = [
        name
        for name, error in zip(NAMES, errors, strict=True)
        if error is not None and error.name == "AttributeError" and not error.file
    ]
    own, parameters = (answer.value for answer in found[len(NAMES) :])
    there = own if isinstance(own, dict) else {}
    return "; ".join(_missing(name, there, parameters) for name in lacking)


def _missing(name: str, there: Mapping[str, Any], parameters: Any) -> str:
    told = f"there is no attribute `{name}`"
    if meant := _meant(name, there, parameters):
        return f"{told}; yours is called `{meant[:NAME_LIMIT]}`"
    shown = [f"`{each[:NAME_LIMIT]}`" for each in sorted(there)[:SHOWN]]
    return (
        f"{told}; there {'is' if len(shown) == 1 else 'are'} {', '.join(shown)}" if shown else told
    )


def _meant(name: str, there: Mapping[str, Any], parameters: Any) -> str:
    """Return the attribute that stands in the place of a missing one, "" where none does.

    That is the one in its place in `parameters`, one that is spelt alike, or the only one that
    begins with the same letter.
    """
    others = sorted(set(there) - set(NAMES))
    listed = parameters if isinstance(parameters, tuple | list) and len(parameters) == 2 else ()
    if listed and (place := listed[NAMES.index(name)]) in others:
        return str(place)
    return near(name, others) or _only([each for each in others if each[:1].lower() == name[0]])


def _only(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else ""
