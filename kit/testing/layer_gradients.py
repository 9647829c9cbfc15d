"""Ask a layer for its gradients as grading does: with the parameters of the test, after forward."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kit.testing.closeness import CheckFailed
from kit.testing.diagnosis.layer import Layers, Setting
from kit.testing.diagnosis.layer_answers import ARRAYS, BACKWARD, Backward
from kit.testing.diagnosis.layer_form import FORM, form_in_words, unpacked
from kit.testing.diagnosis.subject import Subject

if TYPE_CHECKING:
    from kit.protocols import Array
    from kit.testing.parts import Student


@dataclass(frozen=True, slots=True)
class LayerGradients:
    """What backward gave for the input and for each parameter; the bias has the student's shape."""

    x: Any
    weights: Any
    bias: Any
    bias_shape: tuple[int, ...]


def layer_gradients(
    student: Student, x: Array, grad: Array, weights: Array, bias: Array
) -> LayerGradients:
    """Return what a layer's backward gives, asked right after forward.

    Start values and forward belong to other exercises: a layer whose `__init__` fails is made
    without it, forward may fail, and weights may lie on their side all through. Raise PartError for
    what backward raised, CheckFailed where its answer has another form.
    """
    [(part, place)] = student.exercise.owns.items()
    subject = Subject(student, part, place)
    setting = Setting(x, grad, weights, bias)
    asked = Backward.asked(Layers(subject), [setting])
    answer = asked.answers[0][0]
    if answer.error is not None:
        raise answer.error
    if unpacked(answer.value) is None:
        came = form_in_words(answer.value)
        raise CheckFailed(f"{subject.name}.{BACKWARD}", came=came, expected=FORM)
    found = {name: asked.cases(name)[0].answer.value for name in ARRAYS}
    return LayerGradients(**found, bias_shape=asked.right(setting)["bias"].shape)
