"""Call a method as the contract says, and say what was found where it takes other arguments."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any

from kit.errors import SignatureError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def call(who: object, what: str, method: Callable[..., Any], *given: Any, **keywords: Any) -> Any:
    """Call a method, as in `call(step, "forward(x)", part.forward, x)`.

    Raise a SignatureError that names `who`, `what` was called and what was found where the method
    takes other arguments.
    """
    try:
        return method(*given, **keywords)
    except TypeError as error:
        if fits(method, len(given), keywords) is not False:
            raise  # by the code inside
        raise SignatureError(_misfit(who, what, method)) from error


def make(who: object, factory: Callable[..., Any], names: str, *given: Any) -> Any:
    """Make a part, as in `make("the loss", BinaryCrossEntropy, "")`, with arguments of these names."""
    return call(who, f"{getattr(factory, '__name__', 'its class')}({names})", factory, *given)


def fits(method: Callable[..., Any], count: int, keywords: Iterable[str] = ()) -> bool | None:
    """Whether a method can be called with so many arguments by position; None if it is unknown."""
    try:
        signature = inspect.signature(method)
    except ValueError:
        # `def forward():` in a class cannot be called at all; other reasons are code written in C.
        return False if _takes_no_self(method) else None
    except TypeError:
        return None
    try:
        signature.bind(*range(count), **dict.fromkeys(keywords))
    except TypeError:
        return False
    return True


def declares(method: Callable[..., Any], keyword: str) -> bool:
    """Whether a method has an argument of that name."""
    try:
        return keyword in _argument_names(getattr(method, "__func__", method))
    except TypeError:  # it cannot be hashed
        return keyword in _argument_names.__wrapped__(method)


@functools.lru_cache(maxsize=256)
def _argument_names(function: Callable[..., Any]) -> frozenset[str]:
    try:
        return frozenset(inspect.signature(function).parameters)
    except (TypeError, ValueError):  # code written in C may show no signature
        return frozenset()


def _misfit(who: object, what: str, method: Callable[..., Any]) -> str:
    name, _, names = what.removesuffix(")").partition("(")
    advice = ""
    if _first_of_function(method) in {"", *names.split(", ")}:
        advice = f"; `self` is missing: def {name}(self, {names})"
    return f"{who}: {name} was called with ({names}); it takes {_taken(method)}{advice}"


def _taken(method: Callable[..., Any]) -> str:
    try:
        found = inspect.signature(method).parameters.values()
    except ValueError:
        return "nothing"
    bare = (each.replace(annotation=inspect.Parameter.empty) for each in found)
    return f"({', '.join(map(str, bare))})"


def _takes_no_self(method: Callable[..., Any]) -> bool:
    return _first_of_function(method) == ""


def _first_of_function(method: Callable[..., Any]) -> str | None:
    """Return the name of what a method takes as `self`: "" if there is no argument at all."""
    function = getattr(method, "__func__", None)
    if function is None or not hasattr(function, "__code__"):
        return None
    names = [*inspect.signature(function).parameters]
    return names[0] if names else ""
