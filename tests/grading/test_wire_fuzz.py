"""The wire against anything: what comes out of `receive` is a plain value, or one of three errors.

Every byte here stands for a byte that a student's process could send.
"""

import json
import random
import socket
import tracemalloc
from contextlib import closing

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.grading import process, wire
from kit.grading.wire import DTYPES, HEAD, MAGIC, ClosedError, Limits, WireError
from kit.values import Handle, Opaque

EXAMPLES = 400
FITS = 1 << 15  # so much goes into a socket at once, without a second thread
SMALL = Limits(header=1 << 12, payload=1 << 12)


def received(data, limits=wire.LIMITS, *, hang_up=True):
    """Return what the trusted side makes of these bytes: a value, or the class of an error."""
    here, there = socket.socketpair()
    looks = []

    def late():
        looks.append(1)
        if len(looks) > 3:
            raise TimeoutError

    with closing(here), closing(there):
        here.sendall(data)
        if hang_up:
            here.shutdown(socket.SHUT_WR)
        process.wait(there, socket.SO_RCVTIMEO, 0.0005)
        try:
            nonce, value = wire.receive(there, late, limits)
        except (WireError, ClosedError, TimeoutError) as error:
            return type(error)
    assert type(nonce) is int
    assert_plain(value)
    return value


def assert_plain(value, depth=0):
    assert depth < 40
    if type(value) is np.ndarray:
        assert value.dtype in DTYPES.values()
        assert not value.flags.writeable
        assert value.ndim <= 8
    elif type(value) is Handle:
        assert type(value.number) is int
    elif type(value) is Opaque:
        assert type(value.type_name) is str
    elif type(value) is dict:
        assert all(type(key) is str for key in value)
        for item in value.values():
            assert_plain(item, depth + 1)
    elif type(value) in {list, tuple}:
        for item in value:
            assert_plain(item, depth + 1)
    else:
        assert type(value) in {type(None), bool, int, float, str}


def frame(header, payload, nonce=7):
    return HEAD.pack(MAGIC, nonce, len(header), len(payload)) + header + payload


def bytes_of(value):
    here, there = socket.socketpair()
    with closing(here), closing(there):
        wire.send(here, 1, value)
        return there.recv(FITS)


VALID = [
    bytes_of(value)
    for value in (
        ("answer", ((np.ones((2, 3)), {"weights": np.ones((2, 3), "f")}), (np.zeros(0),))),
        ("answer", [np.arange(12.0).reshape(3, 4), np.ones((1, 1)), np.ones((), "?")]),
        ("error", ("ValueError", "text", "losses.py", 3)),
        [Handle(3), Opaque("set"), None, True, 1.5, float("nan"), -(2**70), "\ud800"],
        {"a": {"b": [(), [], {}]}},
        None,
    )
]

WORDS = ["array", "dict", "list", "tuple", "handle", "opaque", "set", "", *DTYPES, "O", "V8", "M"]
NUMBERS = st.integers(-2, 5) | st.sampled_from([2**31, 2**40, 2**40 + 1, 2**63, 2**64, -(2**63)])
TREES = st.recursive(
    st.none()
    | st.booleans()
    | NUMBERS
    | st.floats()
    | st.sampled_from(WORDS)
    | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.builds(lambda kind, rest: [kind, *rest], st.sampled_from(WORDS), st.lists(inner))
        | st.builds(
            lambda code, shape: ["array", code, *shape],
            st.sampled_from([*DTYPES]),
            st.lists(NUMBERS, max_size=9),
        )
        | st.dictionaries(st.sampled_from(WORDS), inner, max_size=3)
    ),
    max_leaves=20,
)


@settings(max_examples=EXAMPLES)
@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_are_refused(data, hang_up):
    assert received(data, hang_up=hang_up) in {WireError, ClosedError, TimeoutError}


@settings(max_examples=EXAMPLES)
@given(st.binary(max_size=60), st.binary(max_size=40))
def test_any_bytes_in_the_place_of_header_and_payload_are_a_value_or_refused(header, payload):
    received(frame(header, payload))


@settings(max_examples=EXAMPLES)
@given(TREES, st.binary(max_size=64))
def test_any_tree_with_any_payload_is_a_value_or_refused(tree, payload):
    received(frame(json.dumps(tree).encode(), payload))


@settings(max_examples=EXAMPLES)
@given(st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1), st.binary(max_size=80), st.booleans())
def test_any_sizes_are_a_value_or_refused(header_size, payload_size, rest, hang_up):
    data = HEAD.pack(MAGIC, 0, header_size, payload_size) + rest

    received(data, SMALL, hang_up=hang_up)


@settings(max_examples=2 * EXAMPLES)
@given(
    st.sampled_from(VALID),
    st.lists(
        st.tuples(
            st.sampled_from(["flip", "cut", "insert", "double", "swap", "shorten"]),
            st.floats(0, 1, exclude_max=True),
            st.binary(min_size=1, max_size=6),
        ),
        min_size=1,
        max_size=4,
    ),
    st.booleans(),
)
def test_a_frame_that_was_tampered_with_is_a_value_or_refused(data, changes, hang_up):
    for change, where, new in changes:
        place = int(where * len(data))
        head, rest = data[:place], data[place:]
        match change:
            case "flip":
                data = head + bytes([rest[0] ^ new[0]]) + rest[1:] if rest else head
            case "cut":
                data = head + rest[len(new) :]
            case "insert":
                data = head + new + rest
            case "double":
                data = head + rest[: 8 * len(new)] + rest
            case "swap":
                data = head + rest[len(new) :] + rest[: len(new)]
            case "shorten":
                data = head or data

    received(data, hang_up=hang_up)


@settings(max_examples=EXAMPLES)
@given(st.randoms(use_true_random=False), st.sampled_from(VALID))
def test_a_frame_cut_into_pieces_is_the_same_value(dice: random.Random, data):
    here, there = socket.socketpair()
    pieces, start = [], 0
    while start < len(data):
        size = dice.randint(1, 40)
        pieces.append(data[start : start + size])
        start += size

    def late():
        if pieces:
            here.sendall(pieces.pop(0))

    with closing(here), closing(there):
        process.wait(there, socket.SO_RCVTIMEO, 0.0005)
        _, value = wire.receive(there, late)

    assert repr(value) == repr(received(data))


@pytest.mark.parametrize(
    ("sizes", "error"),
    [
        ((2**32 - 1, 0), WireError),
        ((0, 2**64 - 1), WireError),
        ((0, 2**63), WireError),
        ((wire.LIMITS.header + 1, 0), WireError),
        ((0, wire.LIMITS.payload + 1), WireError),
        ((wire.LIMITS.header, wire.LIMITS.payload), ClosedError),
    ],
)
def test_what_is_announced_and_does_not_come_takes_no_memory(sizes, error):
    received(VALID[0])  # whatever is made once is made
    tracemalloc.start()
    try:
        seen = received(HEAD.pack(MAGIC, 0, *sizes) + b"[")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert seen is error
    assert peak < 1 << 19


@pytest.mark.parametrize(
    "shape", [[2**40] * 8, [2**20, 2**20], [2**31], [0, 2**40, 2**40], [2**40, 0]]
)
@pytest.mark.parametrize("code", ["d", "?", "D"])
def test_an_array_of_a_shape_that_is_not_there_takes_no_memory(code, shape):
    data = frame(json.dumps(["array", code, *shape]).encode(), b"12345678")
    received(VALID[0])
    tracemalloc.start()
    try:
        seen = received(data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert seen is WireError
    assert peak < 1 << 19


def test_a_frame_with_another_one_behind_it_is_no_frame():
    assert received(VALID[0] + VALID[0]) is WireError


def test_one_who_sends_byte_by_byte_is_waited_for_as_long_as_one_wants_to():
    here, there = socket.socketpair()
    looks = []

    def late():
        looks.append(1)
        here.sendall(VALID[0][len(looks) - 1 : len(looks)])
        if len(looks) == 20:
            raise TimeoutError

    with closing(here), closing(there):
        process.wait(there, socket.SO_RCVTIMEO, 0.0005)
        with pytest.raises(TimeoutError):
            wire.receive(there, late)
    assert len(looks) == 20
