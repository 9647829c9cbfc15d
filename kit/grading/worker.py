"""The untrusted side: holds one submission's files on a bench and answers questions about them.

A question is a list of `[method of the bench, *arguments]`: what to make, and at the end what to
answer. The answer is `("answer", value)` or `("error", details)`. Nothing that this process says earns a point: every verdict is made from plain values
at the other end of the socket.
"""

from __future__ import annotations

import contextlib
import gc
import io
import os
import sys
from typing import TYPE_CHECKING, Any

from kit.bench import Bench
from kit.errors import PartError, SubmissionError
from kit.grading import wire

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator, Mapping

MAKING = {"make", "bare", "generator", "network"}
ASKING = {"answers", "call", "examine", "get", "gradients"}
PRINTED_LIMIT = 1 << 16
COLLECT_RARELY = 50_000  # objects; a worker lives for a moment


def serve(connection: socket.socket, builtins: Mapping[str, Any]) -> None:
    """Receive the sources, then answer questions until the other side hangs up.

    `builtins` are what the submission finds in the place of Python's own.
    """
    sys.breakpointhook = _pass_over
    sys.stdout = sys.stderr = Printed()
    gc.set_threshold(COLLECT_RARELY)
    nonce, sources = wire.receive(connection, limits=wire.SOURCES)
    bench = Bench(sources, in_worker=True, builtins=builtins)
    reply(connection, nonce, ("answer", None))
    while True:
        try:
            nonce, question = wire.receive(connection, writable=True)
        except wire.ClosedError:
            return
        reply(connection, nonce, answer(bench, question))


def _pass_over(*_arguments: object, **_named: object) -> None:
    """Do nothing at a `breakpoint()` that was left behind."""


class Printed(io.TextIOBase):
    """What a student prints, up to a limit; the rest is dropped: to print is no mistake."""

    def __init__(self) -> None:
        self._left = PRINTED_LIMIT

    def write(self, text: str) -> int:
        """Pass text on to the descriptor of the output."""
        shown = text[: self._left]
        self._left -= len(shown)
        if shown:
            with contextlib.suppress(OSError):  # the file is full
                os.write(1, shown.encode(errors="replace"))
        return len(text)


def answer(bench: Bench, question: list[Any]) -> tuple[str, Any]:
    """Make what is to be made, then answer; return the kind of the answer, and the answer."""
    *to_make, (operation, *arguments) = question
    try:
        for one in to_make:
            _make(bench, *one)
        if operation not in ASKING:
            return "error", ("LookupError", f"no operation is called {operation!r}", "", 0)
        if operation == "answers":
            return "answer", _until_one_fails(bench.answers(*arguments))
        return "answer", getattr(bench, operation)(*arguments)
    except BaseException as error:  # noqa: BLE001 - a student's KeyboardInterrupt ends no worker
        return _failure(error)


def _until_one_fails(answers: Iterator[Any]) -> list[Any]:
    found: list[Any] = []
    try:
        for answer in answers:
            found.append(("answer", answer))  # noqa: PERF401 - those before a failure count
    except BaseException as error:  # noqa: BLE001 - the same
        found.append(_failure(error))
    return found


def _failure(error: BaseException) -> tuple[str, tuple[str, str, str, int]]:
    if isinstance(error, PartError):
        kind = "unusable" if isinstance(error, SubmissionError) else "error"
        return kind, (error.name, error.text, error.file, error.line)
    return "error", (type(error).__name__, "", "", 0)


def _make(bench: Bench, operation: str, *arguments: Any) -> None:
    try:
        if operation in MAKING:
            getattr(bench, operation)(*arguments)
    except BaseException as error:  # noqa: BLE001 - each thing asked for has its handle, whatever comes
        kept = error if isinstance(error, PartError) else PartError(type(error).__name__)
        bench.keep_failure(kept)


def reply(connection: socket.socket, nonce: int, told: tuple[str, Any]) -> None:
    """Send an answer; where it is too large for a frame, say so instead."""
    try:
        wire.send(connection, nonce, told)
    except wire.WireError as error:
        wire.send(connection, nonce, ("error", ("ValueError", str(error), "", 0)))
