"""The public test that every exercise has: its part shows no mistake that the kit knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kit.harness.prints import muted
from kit.testing.closeness import CheckFailed
from kit.testing.diagnosis import diagnose

if TYPE_CHECKING:
    from kit.testing.diagnosis import Finding
    from kit.testing.parts import Student


class MistakeFound(CheckFailed):
    """The diagnosis found a mistake; `findings` are all of them, the first one is shown."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(findings[0].asked)
        self.findings = findings

    def __str__(self) -> str:
        return self.findings[0].text


def assert_no_known_mistake(student: Student) -> None:
    """Raise MistakeFound unless the part of the exercise is right on the diagnosis' public inputs.

    These look at what a worked example does not: batches of one and of many, inputs far from zero,
    single precision, arguments that are changed, what is kept from call to call or shared. An
    exception without a name of its own is raised as it came.
    """
    with muted():
        findings = diagnose(student, student.exercise)
    if not findings:
        return
    first = findings[0]
    if first.error is not None and not first.misconceptions:
        raise first.error
    raise MistakeFound(findings)
