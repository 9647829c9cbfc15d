"""The student's side of a test: makes their parts and calls them with copies.

A test never holds a student's object. It holds a `Part`, which sends copies to a bench, here or
in a worker process, and hands back plain values that cannot be written to. `part.echo` holds the
arguments of the last call as they were afterwards, so that purity is seen from outside; a question
that travels with others is echoed only where it says so, for each array costs its way.
"""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from kit.errors import PartError
from kit.harness.local_bench import bench_for
from kit.harness.student_side import StudentSide
from kit.harness.submission import read_submission
from kit.testing.closeness import show
from kit.values import Handle, InMemory, Previous, Seed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from kit.bench import Bench
    from kit.manifest import Exercise, Manifest
    from kit.protocols import Array


PREVIOUS = Previous()


class BenchLike(Protocol):
    """What `kit.bench.Bench` offers, wherever it stands."""

    def make(self, part: str, place: str, arguments: Sequence[Any]) -> Handle:
        """Call the factory of a part."""

    def examine(self, part: str, place: str, methods: bool) -> None:
        """Raise SubmissionError where a part cannot be had."""

    def bare(self, part: str, place: str) -> Handle:
        """Make an object without calling its `__init__`."""

    def generator(self, seed: int) -> Handle:
        """Keep a random generator."""

    def call(
        self,
        handle: Handle,
        method: str,
        arguments: Sequence[Any],
        settings: Mapping[str, Any],
        echoed: bool,
    ) -> tuple[Any, Any]:
        """Set attributes, then call a method; return its result, and the arguments afterwards."""

    def answers(self, questions: Sequence[Sequence[Any]]) -> Iterator[Any]:
        """Answer questions that travel together, each as in `["call", handle, "forward", [x]]`."""

    def get(self, handle: Handle, attribute: str, settings: Mapping[str, Any]) -> Any:
        """Set attributes, then return one."""

    def network(
        self, steps: Sequence[Handle], loss: Handle, shapes: Sequence[Mapping[str, Sequence[int]]]
    ) -> Handle:
        """Stack parts into a network."""

    def gradients(self, questions: Sequence[tuple[Handle, Array, Array, Array]]) -> list[Array]:
        """Return for each network, parameters, x and y: the gradient, one vector."""

    def outputs(self, network: Handle, parameters: Array, x: Array) -> Array:
        """Return the answers of a network."""


class Part:
    """One of the student's objects; `name` is how messages call it, as in `ReLU`."""

    def __init__(self, bench: BenchLike, handle: Handle, name: str) -> None:
        self.bench, self.handle, self.name = bench, handle, name
        self.echo: tuple[Any, ...] = ()
        self._settings: dict[str, Array | InMemory] = {}

    def forward(self, *arguments: Array) -> Any:
        """Call the student's `forward`."""
        return self._call("forward", arguments)

    def forward_of(self, argument: str) -> Callable[..., Any]:
        """Return `forward` as a function of one argument by name."""
        return lambda **inputs: self.forward(inputs[argument])

    def backward(self, *arguments: Array) -> Any:
        """Call the student's `backward`; a test calls `forward` right before it, as the kit does."""
        return self._call("backward", arguments)

    def question(
        self, method: str, *arguments: Any, first: Sequence[Any] = (), echoed: bool = False
    ) -> Question:
        """Return a call as a question, to be asked together with others.

        With `first`, `forward(*first)` comes right before it, which may fail. If `echoed`, the
        answer brings `part.echo`, which is empty otherwise.
        """
        given = list(map(_copied, arguments))
        words = [self.handle, method, given, self._taken_settings(), echoed]
        if not first:
            return Question(self, ["call", *words])
        return Question(self, ["call_after", ("forward", list(map(_copied, first))), *words])

    def question_for(self, attribute: str) -> Question:
        """Return the value of an attribute as a question, to be asked together with others."""
        return Question(self, ["get", self.handle, attribute, self._taken_settings()])

    def get(self, attribute: str) -> Any:
        """Return the value of an attribute."""
        return self.bench.get(self.handle, attribute, self._taken_settings())

    def set(self, attribute: str, value: Array | InMemory) -> None:
        """Set an attribute to a copy of an array, right before the part is asked again."""
        self._settings[attribute] = (
            _copied(value) if isinstance(value, InMemory) else np.array(value)
        )

    def _taken_settings(self) -> dict[str, Array | InMemory]:
        settings, self._settings = self._settings, {}
        return settings

    def _call(self, method: str, arguments: Sequence[Array]) -> Any:
        question = self.question(method, *arguments, echoed=True)
        try:
            result, self.echo = self.bench.call(*question.words[1:])
        except (PartError, KeyboardInterrupt) as error:
            error.add_note(f"Asked: {question}")
            raise
        return result


def _copied(argument: Any) -> Any:
    """Return a copy of an array; what a student returned instead of one is handed on as it is."""
    if isinstance(argument, InMemory):
        return replace(argument, values=_copied(argument.values))
    return np.array(argument) if isinstance(argument, np.ndarray) else argument


def _in_words(argument: Any) -> str:
    if isinstance(argument, InMemory):
        return _in_words(argument.values)
    return "y" if isinstance(argument, Previous) else show(argument)


@dataclass(frozen=True, slots=True)
class Question:
    """A call of a part's method that has not been asked yet."""

    part: Part
    words: list[Any]

    def __str__(self) -> str:
        if self.words[0] == "get":
            return f"{self.part.name}.{self.words[2]}"
        *_, method, arguments, _, _ = self.words
        return f"{self.part.name}.{method}({', '.join(map(_in_words, arguments))})"


def answers(questions: Sequence[Question]) -> Iterator[Any]:
    """Ask questions together and yield the result of each, in order.

    A question costs a worker as much as a dozen small calculations, so a test that has many asks
    them at once. `PREVIOUS` among the arguments of a call is the result of the one before it, and
    `Previous(3)` that of the third before it.
    """
    replies = questions[0].part.bench.answers([question.words for question in questions])
    for question in questions:
        try:
            reply = next(replies)
        except (PartError, KeyboardInterrupt) as error:
            error.add_note(f"Asked: {question}")
            raise
        if question.words[0] == "get":
            yield reply
        else:
            result, question.part.echo = reply
            yield result


class Student:
    """Makes the parts that one exercise owns, on the bench given."""

    def __init__(self, bench: BenchLike, exercise: Exercise) -> None:
        self.bench, self.exercise, self._owns = bench, exercise, exercise.owns

    def make(self, part: str, *arguments: Any) -> Part:
        """Make a part, as in `make("activation:relu")`."""
        try:
            handle = self.bench.make(part, self._owns[part], arguments)
        except (PartError, KeyboardInterrupt) as error:
            shown = ["rng" if isinstance(each, Handle | Seed) else str(each) for each in arguments]
            error.add_note(f"Asked: {self._name(part)}({', '.join(shown)})")
            raise
        return Part(self.bench, handle, self._name(part))

    def examine(self) -> None:
        """Raise SubmissionError where one of the exercise's parts cannot be had.

        Of a single part, a method that is missing costs only the checks that ask for it.
        """
        for part, place in self._owns.items():
            self.bench.examine(part, place, len(self._owns) > 1)

    def bare(self, part: str) -> Part:
        """Make a part without its `__init__`."""
        return Part(self.bench, self.bench.bare(part, self._owns[part]), self._name(part))

    def generator(self, seed: int) -> Handle:
        """Return a random generator for several parts, as an argument for `make`."""
        return self.bench.generator(seed)

    def _name(self, part: str) -> str:
        return self._owns[part].partition(":")[2]


def local_student(folder: Path, manifest: Manifest, exercise: Exercise) -> Student:
    """Return the student whose files are in a folder, in this process, with grading's limits."""
    return Student(local_bench(folder, manifest, StudentSide), exercise)


def local_bench(
    folder: Path,
    manifest: Manifest,
    around: Callable[[], AbstractContextManager[Any]] = nullcontext,
) -> Bench:
    """Return a bench for the files in a folder, in this process: each call runs in `around()`."""
    return bench_for(read_submission(folder, manifest), manifest, around)
