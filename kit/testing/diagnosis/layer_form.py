"""Look at the form of a layer's answer: dL/dx, and the gradients by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kit.testing.diagnosis.cases import is_numbers
from kit.values import Opaque

if TYPE_CHECKING:
    from collections.abc import Mapping

FORM = 'two things: dL/dx, and {"weights": ..., "bias": ...}'
NAMES = {"weights", "bias"}
LIMIT = 20


def unpacked(answer: Any) -> Mapping[str, Any] | None:
    """Return the arrays of an answer by name, None where it has another form."""
    if not isinstance(answer, tuple | list) or len(answer) != 2 or not isinstance(answer[1], dict):
        return None
    if not set(answer[1]) >= NAMES:
        return None
    return {"x": answer[0], **{name: answer[1][name] for name in NAMES}}


def form_in_words(answer: Any) -> str:
    """Say what form an answer has."""
    match answer:
        case None:
            return "None: nothing was returned"
        case dict():
            return f"a dict alone, with {_keys(answer)}"
        case np.ndarray():
            return f"one array alone, of shape {answer.shape}"
        case [first, dict() as second]:
            return f"{form_in_words(first)}, and a dict with {_keys(second)}"
        case tuple() | list():
            return f"{len(answer)} things: {', '.join(map(_thing, answer))}"
    return _thing(answer)


def _keys(answer: Mapping[str, Any]) -> str:
    shown = ", ".join(ascii(key)[:LIMIT] for key in list(answer)[:4])
    return f"the keys {shown}" if shown else "no keys"


def _thing(answer: Any) -> str:
    if is_numbers(answer):
        return f"an array {answer.shape}"
    if isinstance(answer, dict | tuple | list):
        return f"a {type(answer).__name__}"
    name = answer.type_name if isinstance(answer, Opaque) else type(answer).__name__
    return f"an object of type {name}"


def form_names(answer: Any) -> tuple[str, ...]:
    """Name what is wrong with the form of an answer."""
    name = _form_name(answer)
    return (name,) if name else ()


def _form_name(answer: Any) -> str:
    name = ""
    match answer:
        case None:
            name = "nothing-returned"
        case dict() | np.ndarray():
            name = "half-of-the-answer"
        case [dict(), np.ndarray()]:
            name = "answers-exchanged"
        case [_, dict() as gradients]:
            name = _keys_name(set(gradients))
        case [np.ndarray(), *others] if others and not any(
            isinstance(it, dict | Opaque) for it in others
        ):
            name = "gradients-without-names"
    return name


def _keys_name(keys: set[str]) -> str:
    if keys == {"weights"}:
        return "bias-left-out"
    return "other-names" if keys - NAMES and not keys >= NAMES else ""
