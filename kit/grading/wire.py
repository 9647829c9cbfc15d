"""The frames between the trusted side and a worker: a JSON header and raw bytes, never pickle.

A frame is a fixed head (magic, nonce, two lengths), a JSON header, and a payload that holds the
arrays one after the other. Every size is checked before anything is allocated, every dtype comes
from a fixed table, and bytes that are left over are refused. What comes out is a plain value or
a WireError, whatever came in.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from kit import bench
from kit.bench import Handle, Opaque
from kit.errors import KitError

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

HEAD = struct.Struct("<4sQIQ")  # magic, nonce, bytes of header, bytes of payload
MAGIC = b"kit1"
DTYPES = {code: np.dtype(code) for code in bench.DTYPES}
NESTING = 16


class WireError(KitError):
    """The other side sent something that is not a frame, or one that is too large."""


class ClosedError(WireError):
    """The other side closed the connection."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a frame may be, in bytes."""

    header: int = 1 << 16
    payload: int = 1 << 26


LIMITS = Limits()
SOURCES = Limits(header=1 << 24)  # of what the trusted side sends: files, verdicts


def send(connection: socket.socket, nonce: int, value: Any, limits: Limits = LIMITS) -> None:
    """Send a plain value; raise WireError where it is too large for a frame."""
    arrays: list[np.ndarray[Any, Any]] = []
    try:
        header = json.dumps(_encode(value, arrays), separators=(",", ":")).encode()
    except ValueError as error:  # a number of more digits than Python writes
        raise WireError(f"a value that cannot be sent: {error}") from None
    size = sum(array.nbytes for array in arrays)
    if len(header) > limits.header or size > limits.payload:
        raise WireError(f"{len(header)} + {size} bytes are too many for an answer")
    head = HEAD.pack(MAGIC, nonce, len(header), size)
    connection.sendall(b"".join([head, header, *(array.tobytes() for array in arrays)]))


def receive(
    connection: socket.socket,
    wait: Callable[[socket.socket], None] | None = None,
    limits: Limits = LIMITS,
) -> tuple[int, Any]:
    """Receive a frame; return its nonce and its value. `wait` blocks until bytes have arrived."""
    magic, nonce, header_size, payload_size = HEAD.unpack(_exactly(connection, HEAD.size, wait))
    if magic != MAGIC:
        raise WireError("not a frame")
    if header_size > limits.header or payload_size > limits.payload:
        raise WireError(f"a frame of {header_size} + {payload_size} bytes is too large")
    header = bytes(_exactly(connection, header_size, wait))
    payload = _Payload(_exactly(connection, payload_size, wait))
    try:
        value = _decode(json.loads(header), payload)
    except (ValueError, TypeError, RecursionError) as error:
        raise WireError(f"a frame that makes no sense: {error}") from None
    if payload.rest:
        raise WireError("a frame with bytes left over")
    return nonce, value


def _exactly(
    connection: socket.socket, size: int, wait: Callable[[socket.socket], None] | None
) -> bytearray:
    data = bytearray(size)
    view = memoryview(data)
    while view:
        if wait:
            wait(connection)
        try:
            count = connection.recv_into(view)
        except ConnectionError as error:
            raise ClosedError(str(error)) from None
        if count == 0:
            raise ClosedError("the other side closed the connection")
        view = view[count:]
    return data


def _encode(value: Any, arrays: list[np.ndarray[Any, Any]]) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.ndarray):
        arrays.append(value.astype(value.dtype.newbyteorder("="), copy=False))
        return ["array", value.dtype.char, *value.shape]
    if isinstance(value, Handle):
        return ["handle", value.number]
    if isinstance(value, Opaque):
        return ["opaque", value.type_name]
    if isinstance(value, dict):
        return ["dict", *([str(key), _encode(item, arrays)] for key, item in value.items())]
    return [type(value).__name__, *(_encode(item, arrays) for item in value)]


def _decode(node: Any, payload: _Payload, depth: int = 0) -> Any:
    if node is None or isinstance(node, bool | int | float | str):
        return node
    if depth > NESTING or not isinstance(node, list) or not node:
        raise WireError("a value that is nested too deeply, or of no known kind")
    kind, *items = node
    match kind:
        case "array":
            return payload.take(*items)
        case "handle":
            return Handle(_leaf(items, int))
        case "opaque":
            return Opaque(_leaf(items, str)[: bench.NAME_LIMIT])
        case "dict":
            return {_key(key): _decode(item, payload, depth + 1) for key, item in items}
        case "list" | "tuple":
            values = [_decode(item, payload, depth + 1) for item in items]
            return values if kind == "list" else tuple(values)
    raise WireError("a value of no known kind")


def _leaf(items: list[Any], kind: type) -> Any:
    (item,) = items
    if type(item) is not kind:
        raise WireError(f"a {type(item).__name__} in the place of a {kind.__name__}")
    return item


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise WireError("a key that is no text")
    return key


class _Payload:
    """The bytes behind a header, handed out array by array."""

    def __init__(self, data: bytearray) -> None:
        self._data, self._offset = data, 0

    @property
    def rest(self) -> int:
        return len(self._data) - self._offset

    def take(self, code: Any, *shape: Any) -> np.ndarray[Any, Any]:
        """Return the next array, which cannot be written to."""
        if not isinstance(code, str) or code not in DTYPES or len(shape) > 8:
            raise WireError("an array of no known dtype, or of too many dimensions")
        if any(type(size) is not int or not 0 <= size <= 1 << 40 for size in shape):
            raise WireError("an array whose shape makes no sense")
        count = prod(shape)  # Python's integers cannot overflow
        if count * DTYPES[code].itemsize > self.rest:
            raise WireError("an array that runs past the end of its frame")
        array = np.frombuffer(self._data, DTYPES[code], count, self._offset).reshape(shape)
        self._offset += array.nbytes
        array.flags.writeable = False
        return array
