"""The trusted end of the socket: start workers, ask them, and never wait for them too long.

`RemoteBench` offers what `kit.bench.Bench` offers, so a hidden test does not know where the
student's parts are. A worker that dies or does not answer in time costs the check that asked.
"""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any, TypeVar

from kit.bench import NOTHING
from kit.errors import (
    GradingError,
    PartDiedError,
    PartError,
    PartTimeoutError,
    SubmissionError,
)
from kit.grading import wire
from kit.grading.deadline import Deadline
from kit.grading.overtime import paused
from kit.raised import TEXT_LIMIT
from kit.values import NAME_LIMIT, Handle

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kit.grading.nursery import Zygote
    from kit.protocols import Array

AnyPartError = TypeVar("AnyPartError", bound=PartError)


class RemoteBench:
    """A bench in a worker process that holds one submission's files."""

    def __init__(self, zygote: Zygote, sources: Mapping[str, str]) -> None:
        self._zygote = zygote
        self._lines = {name: len(text.splitlines()) + 1 for name, text in sources.items()}
        self._names: list[str] = []
        self._deferred: list[list[Any]] = []
        self._process = zygote.spawn()
        self._deadline = Deadline(self._process.number, zygote.limits)
        self.alive, self._end = True, ""
        self._exchange(dict(sources), "reading the files")

    def start_check(self) -> None:
        """Give the next check its own budget of time."""
        self._deadline.start_check()

    def close(self) -> None:
        """End the worker."""
        if self.alive:
            self.alive = False
            self._process.close()

    def make(self, part: str, place: str, arguments: Sequence[Any]) -> Handle:
        """Have the factory of a part called, right before the next question.

        The same holds for all that only makes something: nobody waits for it, and what goes wrong
        is told to whoever uses it.
        """
        return self._defer(place.partition(":")[2], "make", part, place, list(arguments))

    def examine(self, part: str, place: str, methods: bool) -> None:
        """Raise SubmissionError where a part cannot be had: its file or class, or its `methods`."""
        self._ask(f"reading {place.partition(':')[0]}", "examine", part, place, methods)

    def bare(self, part: str, place: str) -> Handle:
        """Have an object made without calling its `__init__`."""
        return self._defer(place.partition(":")[2], "bare", part, place)

    def generator(self, seed: int) -> Handle:
        """Have a random generator made that several parts are to share."""
        return self._defer("a generator", "generator", seed)

    def network(
        self, steps: Sequence[Handle], loss: Handle, shapes: Sequence[Mapping[str, Sequence[int]]]
    ) -> Handle:
        """Have parts stacked into a network."""
        return self._defer("the network", "network", list(steps), loss, list(shapes))

    def call(
        self,
        handle: Handle,
        method: str,
        arguments: Sequence[Any],
        settings: Mapping[str, Any] = NOTHING,
        echoed: bool = True,
    ) -> tuple[Any, Any]:
        """Return the result of a method, and if `echoed` its arguments after the call."""
        asked = f"{self._names[handle.number]}.{method}"
        question = ["call", handle, method, list(arguments), dict(settings), echoed]
        return self._pair(self._ask(asked, *question))

    def answers(self, questions: Sequence[Sequence[Any]]) -> Iterator[Any]:
        """Yield the answers to questions that travel together; the first that fails ends them."""
        asked = " and ".join(dict.fromkeys(self._asked(question) for question in questions))
        replies = self._ask(asked, "answers", [list(question) for question in questions])
        if not isinstance(replies, list) or not 0 < len(replies) <= len(questions):
            raise self._broken("answers of another form")
        for question, reply in zip(questions, replies, strict=False):
            answer = self._opened(reply)
            yield answer if question[0] == "get" else self._pair(answer)
        if len(replies) < len(questions):
            raise self._broken("too few answers")

    def _asked(self, question: Sequence[Any]) -> str:
        handle, what = question[2:4] if question[0] == "call_after" else question[1:3]
        return f"{self._names[handle.number]}.{what}"

    def get(self, handle: Handle, attribute: str, settings: Mapping[str, Any] = NOTHING) -> Any:
        """Return an attribute."""
        asked = f"{self._names[handle.number]}.{attribute}"
        return self._ask(asked, "get", handle, attribute, dict(settings))

    def gradients(self, questions: Sequence[tuple[Handle, Array, Array, Array]]) -> list[Array]:
        """Return for each network, parameters, x and y: the gradient, one vector."""
        slopes = self._ask("a step of training", "gradients", questions)
        if not isinstance(slopes, list) or len(slopes) != len(questions):
            raise self._broken("gradients of another form")
        return slopes

    def outputs(self, *_: Any) -> Array:
        """Refuse: a prediction made by a student's process is worth nothing."""
        raise GradingError("predictions are made on the trusted side")

    def _defer(self, name: str, operation: str, *arguments: Any) -> Handle:
        self._names.append(name)
        self._deferred.append([operation, *arguments])
        return Handle(len(self._names) - 1)

    def _pair(self, answer: Any) -> tuple[Any, Any]:
        if not isinstance(answer, tuple) or len(answer) != 2:
            raise self._broken("an answer of another form")
        return answer

    def _ask(self, asked: str, *question: Any) -> Any:
        if not self.alive:
            raise PartDiedError("WorkerDied", f"its process had ended before: {self._end}")
        questions, self._deferred = [*self._deferred, list(question)], []
        return self._exchange(questions, asked)

    def _exchange(self, question: Any, asked: str) -> Any:
        nonce = int.from_bytes(os.urandom(8))
        connection, deadline = self._process.connection, self._deadline
        try:
            deadline.start_call()
            with paused():
                wire.send(connection, nonce, question, wire.SOURCES)
                answered, reply = wire.receive(connection, deadline.look)
        except (TimeoutError, BlockingIOError) as error:
            raise self._stopped(error, asked) from None
        except (wire.ClosedError, ConnectionError):
            raise self._died(asked) from None
        except wire.UnsendableError as error:  # the hidden test's own mistake, not the student's
            self._end = "it could not be asked"
            self.close()
            raise TypeError(f"{asked} cannot be asked: {error}") from None
        except wire.WireError as error:
            raise self._broken(str(error)) from None
        if answered != nonce:
            raise self._broken("an answer to another question")
        return self._opened(reply)

    def _opened(self, reply: Any) -> Any:
        match reply:
            case ("answer", value):
                return value
            case ("error" | "unusable" as kind, (str(name), str(text), str(file), int(line))):
                if not 0 < line <= self._lines.get(file, 0):  # a student may tell any place
                    file, line = "", 0
                described = SubmissionError if kind == "unusable" else PartError
                error = described(name[:NAME_LIMIT], text[:TEXT_LIMIT], file, line)
                raise self._with_output(error)
        raise self._broken("an answer of another form")

    def _stopped(self, error: Exception, asked: str) -> PartTimeoutError:
        self._process.ask_for_trace()
        file, line = self._process.place(self._lines)
        if loading := self._process.loading(self._lines):
            asked = f"loading {loading}"
        ran_out = str(error) if isinstance(error, TimeoutError) else "waiting with a question"
        stopped = PartTimeoutError("Timeout", f"stopped after {ran_out} in {asked}", file, line)
        return self._ended(stopped)

    def _died(self, asked: str) -> PartDiedError:
        status = self._zygote.end(self._process)
        file, line = self._process.place(self._lines)
        text = f"its process ended in {asked}: {_cause(status)}"
        return self._ended(PartDiedError("WorkerDied", text, file, line))

    def _broken(self, what: str) -> PartDiedError:
        text = f"its process broke the protocol: {what}"
        return self._ended(PartDiedError("ProtocolError", text))

    def _ended(self, error: AnyPartError) -> AnyPartError:
        self._with_output(error)
        self._end = error.text
        self.close()
        return error

    def _with_output(self, error: AnyPartError) -> AnyPartError:
        if self.alive and (printed := self._process.printed()):
            error.add_note(f"Printed: {printed}")
        return error


def _cause(status: int) -> str:
    if os.WIFSIGNALED(status):
        return f"killed by {signal.Signals(os.WTERMSIG(status)).name}"
    return f"exit code {os.waitstatus_to_exitcode(status)}"
