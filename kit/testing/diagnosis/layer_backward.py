"""Say what is wrong with a layer's backward: all its arrays at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kit.testing.closeness import agrees
from kit.testing.diagnosis.beliefs import same
from kit.testing.diagnosis.cases import Case, is_numbers, shape_of
from kit.testing.diagnosis.faults import raised
from kit.testing.diagnosis.layer_answers import ARRAYS, BACKWARD, SIZES, WORDS, Backward
from kit.testing.diagnosis.layer_form import FORM, form_in_words, form_names, unpacked
from kit.testing.diagnosis.layer_names import names
from kit.testing.diagnosis.subject import given
from kit.testing.diagnosis.tables import shapes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kit.testing.diagnosis.finding import Finding


def backward_finding(backward: Backward) -> Finding | None:
    """Return what is wrong with the answers of backward, if anything is."""
    subject = backward.layers.subject
    cases = {name: backward.cases(name) for name in ARRAYS}
    wrong = [[name for name in ARRAYS if cases[name][place].wrong] for place in range(len(SIZES))]
    if not any(wrong):
        return None
    if form := _form_finding(backward):
        return form
    place = wrong.index(max(wrong, key=len))
    raising = [at for at, case in enumerate(cases["x"]) if case.answer.error is not None]
    place = raising[0] if raising else place
    slopes = _slopes(backward, place)
    return subject.finding(
        BACKWARD,
        ("gradient",),
        given=given(cases["x"][place]),
        came=_came(cases, place, wrong[place]),
        error=cases["x"][place].answer.error,
        expected=_expected(cases, place, wrong[place], slopes),
        table="" if raising else _table(backward, cases, place),
        misconceptions=names(backward, cases),
    )


def _form_finding(backward: Backward) -> Finding | None:
    """Tell of an answer that is not made of what the contract names."""
    for it, (answer, *_) in zip(backward.settings, backward.answers, strict=True):
        if answer.error is None and unpacked(answer.value) is None:
            shown = Case({"x": it.x, "grad": it.grad, "weights": it.weights}, answer, None)
            return backward.layers.subject.finding(
                BACKWARD,
                ("gradient", "shape"),
                given=given(shown),
                came=form_in_words(answer.value),
                expected=FORM,
                misconceptions=form_names(answer.value),
                meaning="what is returned has another form than the contract says",
            )
    return None


def _came(cases: dict[str, list[Case]], place: int, wrong: Sequence[str]) -> str:
    error = cases["x"][place].answer.error
    if error is not None:
        return raised(error)
    return "\n    ".join(f"{WORDS[name]}: {cases[name][place].came}" for name in wrong)


def _expected(cases: dict[str, list[Case]], place: int, wrong: Sequence[str], slopes: bool) -> str:
    told = [f"{WORDS[name]}: {cases[name][place].expected}" for name in wrong]
    measured = "the slopes of YOUR forward there, measured with tiny steps, times grad"
    return "\n    ".join([*told, *([measured] if slopes else [])])


def _slopes(backward: Backward, place: int) -> bool:
    """Whether the student's own forward has these slopes."""
    it = backward.settings[place]
    if backward.turned or it.weights.size + it.x.size > 24:
        return False
    found = backward.layers.slopes(it)
    return all(
        slope is not None and same(slope.ravel(), right.ravel(), 1e-4)
        for slope, right in zip(found, backward.right(it).values(), strict=True)
    )


def _table(backward: Backward, cases: dict[str, list[Case]], place: int) -> str:
    """Set the shape of each gradient beside that of its thing."""
    it = backward.settings[place]
    things = {
        "x": it.x.shape,
        "weights": it.weights.shape,
        "bias": backward.right(it)["bias"].shape,
    }
    rows = [
        (
            WORDS[name],
            _shape(cases[name][place]),
            name,
            str(things[name]),
            _mark(cases[name][place]),
        )
        for name in ARRAYS
    ]
    return shapes(rows)


def _shape(case: Case) -> str:
    value = case.answer.value
    return str(shape_of(value)) if shape_of(value) is not None else "none"


def _mark(case: Case) -> str:
    """Say in two words how an array is wrong."""
    value, right = case.answer.value, np.asarray(case.right)
    if not case.wrong:
        return "ok"
    if not is_numbers(value) or value.shape == right.shape:
        return "<-- other numbers" if is_numbers(value) else "<-- no array"
    if value.shape == right.T.shape and agrees(value, right.T):
        return "<-- transposed"
    if value.size == right.size and agrees(value.ravel(), right.ravel()):
        return "<-- axis lost: keepdims=True?"
    return "<-- another shape"
