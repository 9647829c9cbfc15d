"""The untrusted side: holds one submission's files on a bench and answers questions about them.

A question is `(method of the bench, arguments)`; the answer is `("answer", value)` or `("error",
details)`. Nothing that this process says earns a point: every verdict is made from plain values
at the other end of the socket.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kit.bench import Bench
from kit.errors import PartError
from kit.grading import wire

if TYPE_CHECKING:
    import socket

OPERATIONS = {"make", "bare", "generator", "call", "get", "set", "network", "gradients"}


def serve(connection: socket.socket) -> None:
    """Receive the sources, then answer questions until the other side hangs up."""
    _, sources = wire.receive(connection, limits=wire.SOURCES)
    bench = Bench(sources)
    while True:
        try:
            nonce, question = wire.receive(connection)
        except wire.ClosedError:
            return
        _reply(connection, nonce, _answer(bench, *question))


def _answer(bench: Bench, operation: str, *arguments: Any) -> tuple[str, Any]:
    if operation not in OPERATIONS:
        return "error", ("LookupError", f"no operation is called {operation!r}", "", 0)
    try:
        return "answer", getattr(bench, operation)(*_writable(arguments))
    except PartError as error:
        return "error", (error.name, error.text, error.file, error.line)
    except BaseException as error:  # noqa: BLE001 - a student's KeyboardInterrupt ends no worker
        return "error", (type(error).__name__, "", "", 0)


def _reply(connection: socket.socket, nonce: int, reply: tuple[str, Any]) -> None:
    try:
        wire.send(connection, nonce, reply)
    except wire.WireError as error:
        wire.send(connection, nonce, ("error", ("ValueError", str(error), "", 0)))


def _writable(value: Any) -> Any:
    """Return copies of arrays that the student's code may write to: they are its own."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, dict):
        return {key: _writable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_writable(item) for item in value)
    return value
