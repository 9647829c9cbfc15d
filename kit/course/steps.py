"""Read from the course's configuration what `nbgrader autograde` would do, for we do as it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbgrader.converters import Autograde
from nbgrader.preprocessors import AssignLatePenalties

from kit.errors import UsageError
from kit.grading.assignment import CONFIG

if TYPE_CHECKING:
    from kit.course.application import CourseApplication
    from kit.course.rows import Penalty

_LATE = "nbgrader.preprocessors.AssignLatePenalties"
_NEEDED = {
    "sanitize_preprocessors": "kit.course.autograde.Rebuild",
    "autograde_preprocessors": "kit.course.autograde.Evaluate",
}
_KNOWN = {*_NEEDED.values(), "nbgrader.preprocessors.SaveAutoGrades", _LATE}


def open_autograde(application: CourseApplication) -> Autograde:
    """Return the converter of `nbgrader autograde`; raise UsageError if its steps are not the kit's.

    It would run students' code without them, and steps that are not ours would be left out here.
    """
    converter = Autograde(coursedir=application.coursedir, parent=application)
    for setting, needed in _NEEDED.items():
        steps = getattr(converter, setting)
        if needed not in steps:
            raise UsageError(f"{CONFIG} must have {needed!r} in c.Autograde.{setting}")
        if others := [step for step in steps if step not in _KNOWN]:
            raise UsageError(
                f"{others[0]!r} in c.Autograde.{setting} of {CONFIG} is no step that kit grade "
                "takes; remove it, or use nbgrader autograde"
            )
    late_penalty(converter)  # one that cannot be imported is said before the long work
    return converter


def late_penalty(converter: Autograde) -> Penalty:
    """Return what the course's plugin says that being late costs; nothing where it is not used."""
    try:
        step = AssignLatePenalties(parent=converter)
        step.init_plugin()
    except Exception as error:
        raise UsageError(
            f"c.AssignLatePenalties.plugin_class of {CONFIG} cannot be used: {error}"
        ) from error

    def penalty(student: str, score: float, seconds: float) -> float | None:
        try:
            cost = step.plugin_inst.late_submission_penalty(student, score, seconds)
        except Exception as error:
            raise UsageError(f"the late penalty of {student} failed: {error!r}") from error
        return None if cost is None else min(max(0.0, float(cost)), score)  # as nbgrader does

    return penalty if _LATE in converter.autograde_preprocessors else lambda *_: None
