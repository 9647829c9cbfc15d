"""Say what is wrong with a loss."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kit.testing.closeness import show
from kit.testing.diagnosis.beliefs import same
from kit.testing.diagnosis.cases import Case, is_numbers, smallest
from kit.testing.diagnosis.known import UNSURE
from kit.testing.diagnosis.loss import BACKWARD, FORWARD, AskedLoss
from kit.testing.diagnosis.loss_closer import closer_findings
from kit.testing.diagnosis.loss_edges import backward_edge, forward_edge
from kit.testing.diagnosis.loss_habits import habit_findings
from kit.testing.diagnosis.loss_names import names
from kit.testing.diagnosis.subject import given
from kit.testing.diagnosis.tables import beside, plainly, table

if TYPE_CHECKING:
    from kit.protocols import Array
    from kit.testing.diagnosis.finding import Finding
    from kit.testing.diagnosis.subject import Subject

LARGEST = 7


def loss_findings(subject: Subject, known: Any | None) -> list[Finding]:
    """Return what is wrong with a loss; nothing where all is right."""
    asked = AskedLoss(subject, known)
    forward = _forward(asked)
    backward = _backward(asked, forward)
    found = [
        forward,
        forward_edge(asked, forward),
        backward,
        None if backward else backward_edge(asked, forward),
        *habit_findings(asked, forward, backward),
    ]
    return [each for each in found if each is not None] or closer_findings(asked)


def _forward(asked: AskedLoss) -> Finding | None:
    case = smallest(asked.forward)
    if case is None:
        return None
    return asked.subject.finding(
        FORWARD,
        ("value", "shape"),
        given=given(case),
        came=case.came,
        error=case.answer.error,
        expected=case.expected if asked.known else "one number for the whole batch",
        misconceptions=names(asked, "forward", asked.forward),
    )


def _backward(asked: AskedLoss, forward: Finding | None) -> Finding | None:
    unsure = asked.known is None
    if not smallest(asked.backward) or (forward and (unsure or _own(asked))):
        return None
    case, slope = _shown(asked)
    unsure = unsure and case.answer.error is None
    return asked.subject.finding(
        BACKWARD,
        ("gradient",),
        given=given(case),
        came=case.came,
        error=case.answer.error,
        expected=_expected(case, slope),
        table=_table(case, slope),
        misconceptions=() if unsure else names(asked, "backward", asked.backward),
        meaning=UNSURE if unsure else "",
    )


def _own(asked: AskedLoss) -> bool:
    """Whether backward is the slope of its own forward, which is to blame then."""
    cases = [case for case in asked.backward if len(case.given["y_true"]) <= LARGEST]
    slopes = asked.measured([_pair(case) for case in cases])
    return all(
        slope is not None and same(case.answer.value, slope, 1e-4)
        for case, slope in zip(cases, slopes, strict=True)
    )


def _pair(case: Case) -> tuple[Array, Array]:
    return case.given["y_true"], case.given["y_pred"]


def _shown(asked: AskedLoss) -> tuple[Case, Array | None]:
    """Return the smallest case that disagrees with its own forward, and the slope of that."""
    wrong = [case for case in asked.backward if case.wrong]
    for case in wrong:
        [slope] = asked.measured([_pair(case)])
        if case.answer.error is not None or slope is None:
            break
        if not same(case.answer.value, slope, 1e-4):
            return case, slope
    return smallest(wrong) or wrong[0], None


def _expected(case: Case, slope: Array | None) -> str:
    if slope is None:
        return case.expected
    return f"{show(np.round(slope, 6))}: the slope of YOUR forward there, measured with tiny steps"


def _table(case: Case, slope: Array | None) -> str:
    came, y_pred = case.answer.value, case.given["y_pred"]
    if slope is None or not is_numbers(came) or came.shape != y_pred.shape:
        return ""
    rows = [
        (
            plainly(case.given["y_true"][place]),
            plainly(y_pred[place]),
            *beside(came[place], np.round(slope, 6)[place]),
        )
        for place in np.ndindex(y_pred.shape)
    ]
    return table(["y_true", "y_pred", "slope of your forward", "your backward"], rows)
