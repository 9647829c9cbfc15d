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
from typing import TYPE_CHECKING, Any

import numpy as np

from kit import values
from kit.errors import KitError
from kit.values import Handle, InMemory, Opaque, Previous, Seed

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

HEAD = struct.Struct("<4sQIQ")  # magic, nonce, bytes of header, bytes of payload
MAGIC = b"kit1"
DTYPES = {code: np.dtype(code) for code in values.DTYPES}
NESTING = 16
CHUNK = 1 << 16
ALIGNMENT = 16

_STAND_INS = {Handle: "handle", Seed: "seed", Opaque: "opaque", Previous: "previous"}
_AS_IT_IS = frozenset({type(None), bool, int, float, str})
_loads = json.JSONDecoder().decode
_dumps = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


class WireError(KitError):
    """The other side sent something that is not a frame, or one that is too large."""


class UnsendableError(WireError):
    """A value is of a kind that does not cross: a function, an array of objects."""


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
        header = _aligned(_dumps(_encode(value, arrays)).encode())
    except ValueError as error:  # a number of more digits than Python writes
        raise WireError(f"a value that cannot be sent: {error}") from None
    size = sum(array.nbytes for array in arrays)
    if len(header) > limits.header or size > limits.payload:
        raise WireError(f"{len(header)} + {size} bytes are too many for an answer")
    head = HEAD.pack(MAGIC, nonce, len(header), size)
    connection.sendall(b"".join([head, header, *(array.tobytes() for array in arrays)]))


def receive(
    connection: socket.socket,
    late: Callable[[], None] | None = None,
    limits: Limits = LIMITS,
    *,
    writable: bool = False,
) -> tuple[int, Any]:
    """Receive a frame; return its nonce and its value, with arrays to read or to write.

    A side speaks once and then waits for the other, so there is nothing behind a frame. `late` is
    called whenever more has to be waited for, and raises an exception when that takes too long.
    """
    data = bytearray()
    _read(connection, data, HEAD.size, late)
    magic, nonce, header_size, payload_size = HEAD.unpack_from(data)
    if magic != MAGIC:
        raise WireError("not a frame")
    if header_size > limits.header or payload_size > limits.payload:
        raise WireError(f"a frame of {header_size} + {payload_size} bytes is too large")
    start = HEAD.size + header_size
    _read(connection, data, start + payload_size, late)
    payload = _Payload(data, start, writable)
    try:
        value = _decode(_loads(data[HEAD.size : start].decode()), payload)
    except (ValueError, TypeError, RecursionError) as error:
        raise WireError(f"a frame that makes no sense: {error}") from None
    if payload.rest:
        raise WireError("a frame with bytes left over")
    return nonce, value


def _aligned(header: bytes) -> bytes:
    """Return the header, filled up with blanks so that the payload starts where numbers may lie."""
    return header + b" " * (-(HEAD.size + len(header)) % ALIGNMENT)


def _read(
    connection: socket.socket, data: bytearray, size: int, late: Callable[[], None] | None
) -> None:
    """Read on until there are `size` bytes, or more."""
    while len(data) < size:
        try:
            part = connection.recv(CHUNK)
        except BlockingIOError:  # the time that the socket itself waits is over
            if late is None:
                raise
            late()
            continue
        except ConnectionError as error:
            raise ClosedError(str(error)) from None
        if not part:
            raise ClosedError("the other side closed the connection")
        data += part
        if late and len(data) < size:
            late()


def _encode(value: Any, arrays: list[np.ndarray[Any, Any]]) -> Any:
    kind = type(value)
    if kind in _AS_IT_IS:
        return value
    if kind is np.ndarray:
        return _encode_array(value, arrays)
    if kind in _STAND_INS:
        return [_STAND_INS[kind], *[getattr(value, name) for name in kind.__slots__]]
    if kind is InMemory:
        return ["memory", _encode(value.values, arrays), value.order, value.place]
    if kind is dict:
        return ["dict", *[[str(key), _encode(item, arrays)] for key, item in value.items()]]
    if not hasattr(kind, "__iter__"):
        raise UnsendableError(
            f"a {kind.__name__} cannot cross to another process; numbers, text, arrays, and lists, "
            "tuples and dicts of these can"
        )
    # Most items are leaves: to look at one takes less than to call for it.
    items = [item if type(item) in _AS_IT_IS else _encode(item, arrays) for item in value]
    return ["list" if kind is list else "tuple", *items]


def _encode_array(array: np.ndarray[Any, Any], arrays: list[np.ndarray[Any, Any]]) -> list[Any]:
    dtype = array.dtype
    if dtype.char not in DTYPES:  # the bytes of an object array are addresses
        raise UnsendableError(f"an array of dtype {dtype} cannot be sent")
    arrays.append(array if dtype.isnative else array.astype(dtype.newbyteorder("=")))
    return ["array", dtype.char, *array.shape]


def _decode(node: Any, payload: _Payload, depth: int = 0) -> Any:
    if type(node) in _AS_IT_IS:
        return node
    if depth > NESTING or type(node) is not list or not node:
        raise WireError("a value that is nested too deeply, or of no known kind")
    kind = node[0]
    if kind == "array":
        return payload.take(*node[1:])
    if kind in {"list", "tuple"}:
        items = [
            item if type(item) in _AS_IT_IS else _decode(item, payload, depth + 1)
            for item in node[1:]
        ]
        return items if kind == "list" else tuple(items)
    if kind == "dict":
        return {_key(key): _decode(item, payload, depth + 1) for key, item in node[1:]}
    if kind == "memory":
        inner, order, place = node[1:]
        array = _decode(inner, payload, depth + 1)
        return InMemory(array, _leaf([order], str), _leaf([place], int))
    return _stand_in(kind, node[1:])


def _stand_in(kind: Any, items: list[Any]) -> Handle | Seed | Opaque | Previous:
    match kind:
        case "handle":
            return Handle(_leaf(items, int))
        case "seed":
            return Seed(_leaf(items, int))
        case "opaque":
            return Opaque(_leaf(items, str)[: values.NAME_LIMIT])
        case "previous":
            return Previous(_leaf(items, int))
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

    def __init__(self, data: bytearray, start: int, writable: bool) -> None:
        self._data, self._offset, self._writable = data, start, writable

    @property
    def rest(self) -> int:
        return len(self._data) - self._offset

    def take(self, code: Any, *shape: Any) -> np.ndarray[Any, Any]:
        """Return the next array."""
        if type(code) is not str or code not in DTYPES or len(shape) > values.DIMENSIONS_LIMIT:
            raise WireError("an array of no known dtype, or of too many dimensions")
        count = 1
        for size in shape:
            if type(size) is not int or not 0 <= size <= 1 << 40:
                raise WireError("an array whose shape makes no sense")
            count *= size  # Python's integers cannot overflow
        dtype = DTYPES[code]
        end = self._offset + count * dtype.itemsize
        if end > len(self._data):
            raise WireError("an array that runs past the end of its frame")
        array: np.ndarray[Any, Any] = np.ndarray(shape, dtype, self._data, self._offset)
        self._offset = end
        if self._writable:
            return array.copy()  # it can be kept without the whole frame
        array.flags.writeable = False
        return array
