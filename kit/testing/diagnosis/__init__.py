"""Name the mistake: compare a student's answers with those of known misconceptions.

A diagnosis is a function of the submission alone. It asks the student's parts about public
inputs, drawn from seeds in this package, and never sees a hidden one; so it may run at the
student's desk and in grading, and both say the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kit.errors import PartTimeoutError, SubmissionError
from kit.testing.diagnosis import bce
from kit.testing.diagnosis.activation import Asked
from kit.testing.diagnosis.activation_backward import backward_finding
from kit.testing.diagnosis.activation_closer import closer_findings
from kit.testing.diagnosis.activation_forward import forward_finding
from kit.testing.diagnosis.activation_habits import habit_findings
from kit.testing.diagnosis.asking import StoppedError
from kit.testing.diagnosis.beliefs import FAILURES
from kit.testing.diagnosis.catalogue import explain
from kit.testing.diagnosis.finding import EVERY_KIND, Finding, choose, unusable
from kit.testing.diagnosis.known import Known
from kit.testing.diagnosis.layer_findings import layer_findings
from kit.testing.diagnosis.loss_findings import loss_findings
from kit.testing.diagnosis.reference import known_activation, known_loss
from kit.testing.diagnosis.relu import RELU
from kit.testing.diagnosis.sigmoid import SIGMOID
from kit.testing.diagnosis.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kit.manifest import Exercise
    from kit.testing.parts import Student

__all__ = ["Finding", "choose", "diagnose", "explain", "unusable"]

ACTIVATIONS = {"relu": RELU, "sigmoid": SIGMOID}


def diagnose(
    student: Student,
    exercise: Exercise,
    sources: Mapping[str, str] | None = None,
    reference: Student | None = None,
) -> list[Finding]:
    """Return what is wrong with the part of an exercise.

    Where an exercise owns several, nothing but that one of them cannot be had. `sources`, the text
    of the student's files, is looked at for the lines and parameters of methods only. Where the kit
    has no formula of a part, the `reference` says what is right, if there is one.
    """
    if found := _unusable(student):
        return found
    if len(exercise.owns) != 1:
        return []
    [(part, place)] = exercise.owns.items()
    subject = Subject(student, part, place, sources or {})
    try:
        with np.errstate(all="ignore"):
            return _findings(subject, exercise, reference)
    except StoppedError as error:
        return [_stopped(subject, error)]
    except (*FAILURES, KeyError):
        return []  # of a value too odd to be compared the checks tell enough


def _unusable(student: Student) -> list[Finding]:
    try:
        student.examine()
    except SubmissionError as error:
        return [unusable(error, EVERY_KIND)]
    except FAILURES:  # it does not end: the checks tell that
        return []
    return []


def _findings(subject: Subject, exercise: Exercise, reference: Student | None) -> list[Finding]:
    kind, _, name = subject.part.partition(":")
    if kind == "activation":
        unknown = known_activation(reference, subject.part) if reference else Known()
        asked = Asked(subject, ACTIVATIONS.get(name, unknown))
        forward, backward = forward_finding(asked), backward_finding(asked)
        found = [forward, backward, *habit_findings(asked, forward, backward)]
        return [each for each in found if each is not None] or closer_findings(asked)
    if name in {"neural_layer", "dense"}:
        return layer_findings(subject, exercise.name)
    if kind == "loss":
        other = known_loss(reference, subject.part) if reference else None
        return loss_findings(subject, bce if name == "bce" else other)
    return []


def _stopped(subject: Subject, stopped: StoppedError) -> Finding:
    """Tell of a call that never came back: all the kinds of checks fail of it."""
    _, _, asked = str(stopped.question).partition(".")
    error = stopped.error
    what = "no answer in time" if isinstance(error, PartTimeoutError) else "the process ended"
    place = f" ({error.file}, line {error.line})" if error.file else ""
    return subject.finding(asked, EVERY_KIND, given="", came=what + place, expected="an answer")
