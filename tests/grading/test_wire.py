"""The wire: what goes in comes out, and what is no frame is a WireError, whatever it is."""

import json
import socket
import struct
import threading
from contextlib import closing

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from kit.grading import wire
from kit.grading.wire import DTYPES, HEAD, MAGIC, NESTING, ClosedError, Limits, WireError
from kit.values import Handle, InMemory, Opaque, Previous

SMALL = Limits(header=1 << 12, payload=1 << 12)


def bytes_of(value, nonce=0, limits=wire.LIMITS):
    """The frame of a value, as it would lie on the socket."""
    here, there = socket.socketpair()
    parts = []
    with closing(there):
        reader = threading.Thread(target=lambda: parts.extend(iter(lambda: there.recv(65536), b"")))
        reader.start()
        with closing(here):
            wire.send(here, nonce, value, limits)
        reader.join()
    return b"".join(parts)


def received(data, limits=wire.LIMITS):
    """What the other side makes of these bytes, after which the connection is closed."""
    here, there = socket.socketpair()
    with closing(there), closing(here):
        writer = threading.Thread(target=write, args=(here, data))
        writer.start()
        try:
            return wire.receive(there, limits=limits)
        finally:
            there.close()
            writer.join()


def write(connection, data):
    with closing(connection):
        try:
            connection.sendall(data)
        except OSError:
            return  # the reader has seen enough


def frame(header, payload=b"", magic=MAGIC, sizes=None):
    """A frame with any header: a Python value, or bytes as they are."""
    header = header if isinstance(header, bytes) else json.dumps(header).encode()
    return HEAD.pack(magic, 7, *(sizes or (len(header), len(payload)))) + header + payload


def round_trip(value):
    return received(bytes_of(value))[1]


# What goes in comes out

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.builds(Handle, st.integers(0))
    | st.builds(Opaque, st.text(max_size=80))
)
PLAIN = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(), inner, max_size=3)
    ),
    max_leaves=8,
)
ARRAYS = arrays.arrays(
    st.sampled_from(sorted(DTYPES)),
    arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
)


@given(PLAIN)
@example(["array", 1.5])
@example({"array": ["d", 2], "": {}})
@example(("dict", ["list"], [], ()))
@example([float("inf"), -float("inf"), -0.0, 2**80])
def test_a_plain_value_comes_out_as_it_went_in(value):
    assert repr(round_trip(value)) == repr(value)


@given(ARRAYS)
def test_an_array_of_any_dtype_and_order_comes_out_as_it_went_in(array):
    versions = [array, array.T, np.asfortranarray(array)]
    versions += [array[::2], array[..., ::-1]] if array.ndim else []

    copies = round_trip(versions)

    for version, copy in zip(versions, copies, strict=True):
        assert (copy.shape, copy.dtype) == (version.shape, version.dtype)
        assert copy.tobytes() == version.tobytes()
        assert not copy.flags.writeable


@pytest.mark.parametrize("values", [np.array([[1.5, -2.0]]), Previous(3), None])
def test_what_stands_for_an_array_in_memory_comes_out_as_it_went_in(values):
    came = round_trip([InMemory(values, "F", 7)])[0]

    assert type(came) is InMemory
    assert (came.order, came.place) == ("F", 7)
    assert repr(came.values) == repr(values)


def test_an_array_of_the_other_byte_order_comes_out_with_its_values():
    array = np.array([1.5, -2.0]).astype(">f8")

    np.testing.assert_array_equal(round_trip(array), [1.5, -2.0])


def test_arrays_in_a_nested_value_keep_their_places():
    value = {"weights": np.arange(6.0).reshape(2, 3), "rest": [(), (np.int32(4) * np.ones(0), "x")]}

    copy = round_trip(value)

    np.testing.assert_array_equal(copy["weights"], value["weights"])
    assert copy["rest"][1][0].shape == (0,)
    assert copy["rest"][1][1] == "x"


@given(st.integers(0, 2**64 - 1))
def test_a_nonce_comes_back(nonce):
    assert received(bytes_of(None, nonce)) == (nonce, None)


def test_two_frames_at_once_are_refused_for_a_side_speaks_once():
    with pytest.raises(WireError, match="left over"):
        received(bytes_of("first") + bytes_of("second"))


def test_the_numbers_of_a_payload_lie_where_a_processor_likes_them():
    arrays_received = [received(bytes_of([text, np.ones(3)]))[1][1] for text in ("", "a", "abcde")]

    assert all(array.flags.aligned for array in arrays_received)


def test_a_frame_that_comes_byte_by_byte_is_waited_for():
    here, there = socket.socketpair()
    waits = []
    with closing(here), closing(there):
        data = bytes_of(np.arange(3.0))
        rest = iter(data)
        there.setblocking(False)

        def late():
            waits.append(1)
            if len(waits) % 2:
                here.sendall(bytes([next(rest)]))

        _, value = wire.receive(there, late)

    np.testing.assert_array_equal(value, [0.0, 1.0, 2.0])
    assert len(waits) == 2 * len(data) - 1


@pytest.mark.parametrize("value", ["x" * 5000, [0] * 5000, np.zeros(513), [np.zeros(300)] * 2])
def test_what_is_too_large_for_a_frame_is_not_sent(value):
    here, there = socket.socketpair()
    with closing(here), closing(there):
        with pytest.raises(WireError, match="too many"):
            wire.send(here, 0, value, SMALL)

        here.close()
        assert there.recv(1) == b""


def test_a_number_with_more_digits_than_python_writes_is_not_sent():
    here, there = socket.socketpair()
    with closing(here), closing(there), pytest.raises(WireError):
        wire.send(here, 0, 10**60_000)


# What is no frame

DEEP = b'["list",' * 40_000 + b"1" + b"]" * 40_000
NESTED = json.loads('["list",' * (NESTING + 2) + "1" + "]" * (NESTING + 2))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(frame("x", magic=b"kit2"), id="another magic"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: somebody\r\n\r\n", id="another protocol"),
        pytest.param(frame(b"", sizes=(2**32 - 1, 0)), id="a huge header"),
        pytest.param(frame(b"", sizes=(0, 2**64 - 1)), id="a huge payload"),
        pytest.param(frame(b"1", sizes=(1, (1 << 26) + 1)), id="a payload just too large"),
        pytest.param(frame(b"", sizes=((1 << 16) + 1, 0)), id="a header just too large"),
        pytest.param(frame(["array", "d", -1]), id="a negative size"),
        pytest.param(frame(["array", "d", -1, -1], b"12345678"), id="two negative sizes"),
        pytest.param(frame(["array", "d", True], b"12345678"), id="a size that is a truth value"),
        pytest.param(frame(["array", "d", 1.0], b"12345678"), id="a size that is a float"),
        pytest.param(frame(["array", "d", "1"], b"12345678"), id="a size that is text"),
        pytest.param(frame(["array", "d", None]), id="a size that is nothing"),
        pytest.param(frame(["array", "d", 2**63, 2]), id="a product that overflows to 0"),
        pytest.param(frame(["array", "d", 2**61 + 1], b"12345678"), id="bytes that overflow to 8"),
        pytest.param(frame(["array", "d", 0, 2**62]), id="an empty array of a senseless size"),
        pytest.param(frame(["array", "d", *[2**40] * 8]), id="sizes that are huge together"),
        pytest.param(frame(["array", "d", *[1] * 9], b"12345678"), id="nine dimensions"),
        pytest.param(frame(["array", "O", 1], b"12345678"), id="pointers"),
        pytest.param(frame(["array", "M", 1], b"12345678"), id="dates"),
        pytest.param(frame(["array", "V8", 1], b"12345678"), id="raw bytes"),
        pytest.param(frame(["array", "dd", 1], b"12345678"), id="two letters"),
        pytest.param(frame(["array", "", 1]), id="no letter"),
        pytest.param(frame(["array", ["d"], 1], b"12345678"), id="a list for a letter"),
        pytest.param(frame(["array", {"d": 1}, 1], b"12345678"), id="a table for a letter"),
        pytest.param(frame(["array"]), id="an array of nothing"),
        pytest.param(frame(["array", "d", 2], b"12345678"), id="fewer bytes than the array has"),
        pytest.param(frame(1, b"12345678"), id="bytes that no array takes"),
        pytest.param(frame(["array", "d", 1], b"123456789"), id="a byte left over"),
        pytest.param(frame(["list", ["array", "d", 0]], b"1"), id="a byte behind an empty array"),
        pytest.param(frame(DEEP[:65536]), id="a header nested until Python gives up"),
        pytest.param(frame(b"[" * 65536), id="brackets only"),
        pytest.param(frame(NESTED), id="a value nested too deeply"),
        pytest.param(frame(b"9" * 60_000), id="a number of 60,000 digits"),
        pytest.param(frame(b"[1,"), id="half a JSON text"),
        pytest.param(frame(b""), id="an empty header"),
        pytest.param(frame(b"\xff\xfe\xfd"), id="a header that is no text"),
        pytest.param(frame(b"\x80\x04K\x01."), id="a pickle"),
        pytest.param(frame({}), id="an object"),
        pytest.param(frame([]), id="a list without a kind"),
        pytest.param(frame([1, 2]), id="a list with a number for a kind"),
        pytest.param(frame([["list"]]), id="a list with a list for a kind"),
        pytest.param(frame(["set", 1]), id="a kind that there is not"),
        pytest.param(frame(["memory", None, "F"]), id="an array in memory without a place"),
        pytest.param(frame(["memory", None, 1, 1]), id="an array in memory in no known order"),
        pytest.param(frame(["handle"]), id="a handle without a number"),
        pytest.param(frame(["handle", "1"]), id="a handle that is text"),
        pytest.param(frame(["handle", True]), id="a handle that is a truth value"),
        pytest.param(frame(["handle", 1, 2]), id="a handle with two numbers"),
        pytest.param(frame(["opaque", 1]), id="an opaque without a name"),
        pytest.param(frame(["opaque", None]), id="an opaque that is nothing"),
        pytest.param(frame(["dict", ["a"]]), id="a key without a value"),
        pytest.param(frame(["dict", 1]), id="a pair that is a number"),
        pytest.param(frame(["dict", [1, 2]]), id="a key that is a number"),
        pytest.param(frame(["dict", [["list"], 2]]), id="a key that is a list"),
        pytest.param(frame(["dict", {"a": 1, "b": 2}, None]), id="a pair that is nothing"),
    ],
)
def test_what_is_no_frame_is_refused(data):
    with pytest.raises(WireError) as caught:
        received(data)

    assert type(caught.value) is WireError


@pytest.mark.parametrize("keep", [0, 1, HEAD.size - 1, HEAD.size, HEAD.size + 3, -1])
def test_a_frame_that_breaks_off_is_a_closed_connection(keep):
    data = bytes_of(["text", np.ones(3)])

    with pytest.raises(ClosedError):
        received(data[:keep])


def test_an_empty_array_may_have_one_long_side():
    _, value = received(frame(["array", "d", 0, 2**40]))

    assert value.shape == (0, 2**40)


VALID = [
    bytes_of(value)
    for value in (
        ("answer", ((np.ones((2, 3)), {"weights": np.ones((2, 3), "f")}), (np.zeros(0),))),
        ("error", ("ValueError", "text", "file.py", 3)),
        [Handle(3), Opaque("set"), None, True, 1.5, float("nan")],
        np.arange(4, dtype="i").reshape(1, 2, 2),
    )
]


@settings(max_examples=400)
@given(
    st.sampled_from(VALID),
    st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=3), st.integers(0, 3)), max_size=4),
)
def test_a_frame_with_bytes_changed_is_a_value_or_refused_and_nothing_else(data, changes):
    for place, new, drop in changes:
        start = int(place * len(data))
        data = data[:start] + new + data[start + drop :]

    try:
        nonce, value = received(data, SMALL)
    except WireError:
        return

    assert 0 <= nonce < 2**64
    bytes_of(value, limits=Limits(header=1 << 20))  # it is plain: it could be sent on


TREES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 5)
    | st.floats()
    | st.sampled_from(["array", "dict", "list", "tuple", "handle", "opaque", "d", "?", "F", ""]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=1), inner, max_size=2)
        | st.builds(
            lambda kind, items: [kind, *items],
            st.sampled_from(["array", "dict", "list", "tuple"]),
            st.lists(inner, max_size=4),
        )
        | st.builds(lambda *items: ["array", *items], st.sampled_from("dF?b"), st.integers(-1, 3))
    ),
    max_leaves=12,
)


@settings(max_examples=400)
@given(TREES, st.binary(max_size=24))
def test_a_frame_with_any_json_in_it_is_a_value_or_refused_and_nothing_else(tree, payload):
    try:
        _, value = received(frame(tree, payload))
    except WireError:
        return

    bytes_of(value)


def test_the_head_has_the_size_that_both_sides_agree_on():
    assert struct.calcsize("<4sQIQ") == HEAD.size == 24
