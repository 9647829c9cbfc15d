"""What may befall any method: the right answer, and then something happens to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kit.testing.diagnosis.beliefs import all_answered, answered, equals, raising, same
from kit.testing.diagnosis.cases import is_numbers
from kit.values import Opaque

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kit.testing.diagnosis.beliefs import Belief, Beliefs, Formula
    from kit.testing.diagnosis.cases import Case


def _always(test: Callable[[Case], bool]) -> Belief:
    return lambda cases: all(case.answer.error is None and test(case) for case in cases)


def constant_factor(cases: Sequence[Case]) -> bool:
    """Whether every answer is what is right times one number, which is not 0, 1 or -1."""
    found = all_answered(cases)
    factors = [
        case.answer.value[mask] / case.right[mask]
        for case in found
        if (mask := np.abs(case.right) > 1e-3).any()
    ]
    if not factors:
        return False
    factor = np.concatenate(factors).mean()
    if not np.isfinite(factor) or min(abs(factor), abs(abs(factor) - 1)) < 1e-4:
        return False
    return all(same(case.answer.value, factor * case.right, case.near) for case in found)


def _reduced(reduce: Callable[..., Any]) -> Belief:
    """Return the belief that some axis of what is right is reduced, kept with length 1 or not."""
    belief = equals(
        *(
            lambda it, axis=axis, keep=keep: reduce(it.right, axis=axis, keepdims=keep)
            for axis in (0, 1, None)
            for keep in (True, False)
        )
    )
    # An axis of length 1 may go without a number being lost: that is another mistake.
    return lambda cases: (
        belief(cases)
        and any(
            is_numbers(case.answer.value) and case.answer.value.size < np.size(case.right)
            for case in cases
        )
    )


def _truncated(cases: Sequence[Case]) -> bool:
    """Whether all answers are whole numbers, cut or rounded from what is right."""
    if all(
        case.answer.value.dtype.kind == "f" and not case.answer.value.any()
        for case in answered(cases)
    ):
        return False  # always zero, which is another story
    return equals(
        lambda it: np.trunc(it.right), lambda it: np.rint(it.right), lambda it: np.floor(it.right)
    )(cases)


def _rounded(cases: Sequence[Case]) -> bool:
    return equals(*map(_to_places, range(1, 7)))(cases)


def _to_places(places: int) -> Formula:
    return lambda it: np.round(it.right, places)


def _imprecise(case: Case) -> bool:
    value = case.answer.value
    return (
        isinstance(value, np.ndarray)
        and value.dtype in {np.dtype(np.float32), np.dtype(np.float16)}
        and same(value, case.right, 3e-3 if value.dtype == np.float16 else 1e-5)
    )


def _as_list(case: Case) -> bool:
    try:
        numbers = np.array(case.answer.value).reshape(np.shape(case.right))
        return isinstance(case.answer.value, list) and same(numbers, case.right)
    except (ValueError, TypeError):
        return False


def _as_tuple(case: Case) -> bool:
    """Whether several things came, whatever they are: `return y, cache`, `return loss, gradient`."""
    return isinstance(case.answer.value, tuple) and len(case.answer.value) > 1


def _no_plain_array(case: Case) -> bool:
    return isinstance(case.answer.value, Opaque | str)


def _offset(cases: Sequence[Case]) -> bool:
    """Whether every answer is what is right and one number more."""
    found = all_answered(cases)
    if not found:
        return False
    offset = (found[0].answer.value - found[0].right).mean()
    return equals(lambda it: it.right + offset)(cases)


def _zero(cases: Sequence[Case]) -> bool:
    floats = all(case.answer.value.dtype.kind == "f" for case in answered(cases))
    return floats and equals(lambda it: np.zeros_like(it.right))(cases)


def _clipped(cases: Sequence[Case]) -> bool:
    found = all_answered(cases)
    if not found:
        return False
    most = max(np.abs(case.answer.value).max() for case in found)
    return most > 0 and equals(lambda it: np.clip(it.right, -most, most))(cases)


ENDS = ((slice(1, None), slice(None)), (slice(-1), slice(None)))
LEFT_OUT = [place if turned == 0 else place[::-1] for turned in (0, 1) for place in ENDS]


def _left_out(cases: Sequence[Case]) -> bool:
    """Whether all is right but the first or the last row or column."""
    several = [case for case in cases if np.ndim(case.right) == 2 and min(np.shape(case.right)) > 1]
    found = all_answered(several)
    return bool(found) and any(_wrong_outside(found, place) for place in LEFT_OUT)


def _wrong_outside(cases: Sequence[Case], place: tuple[slice, slice]) -> bool:
    """Whether all is right in one place, and something is wrong around it in three cases or more."""
    around = 0
    for case in cases:
        wrong = ~np.isclose(case.answer.value, case.right, rtol=1e-7, atol=1e-9)
        if wrong[place].any():
            return False
        around += bool(wrong.any())
    return around > 2


GENERAL: Beliefs = {
    "nothing-returned": _always(lambda case: case.answer.value is None),
    "divided-by-batch-size": equals(lambda it: it.right / it.samples),
    "times-batch-size": equals(lambda it: it.right * it.samples),
    "constant-factor": constant_factor,
    "constant-offset": _offset,
    "clipped": _clipped,
    "loop-leaves-some-out": _left_out,
    "averaged-away": _reduced(np.mean),
    "summed-away": _reduced(np.sum),
    "transposed": equals(lambda it: it.right.T),
    "axis-lost": equals(lambda it: it.right.ravel(), lambda it: it.right.squeeze()),
    "always-zero": _zero,
    "truncated-to-integers": _truncated,
    "rounded": _rounded,
    "single-precision": _always(_imprecise),
    "list-for-array": _always(_as_list),
    "more-than-one-answer": _always(_as_tuple),
    "no-plain-array": _always(_no_plain_array),
    "python-max-on-arrays": raising("python-max-on-arrays"),
    "math-on-arrays": raising("math-on-arrays"),
}
IN_FORWARD: Beliefs = {"sign-flipped": equals(lambda it: -it.right), **GENERAL}
IN_BACKWARD: Beliefs = {
    "gradient-negated": equals(lambda it: -it.right),
    "always-one": equals(lambda it: np.ones_like(it.right)),
    **GENERAL,
}
