"""Batches that a memo takes for one another, and the step that single precision does not see."""

from itertools import pairwise

import numpy as np
import pytest

from kit.testing.batches import all_sizes, look_alike_guesses, look_alikes
from kit.testing.closeness import CheckFailed
from kit.testing.precision import a_little_more, assert_moves, held_by_float32

SUMMARIES = {
    "the shape": lambda x: x.shape,
    "the sum": lambda x: x.sum(),
    "sums of the rows": lambda x: x.sum(axis=1).tolist(),
    "sums of the columns": lambda x: x.sum(axis=0).tolist(),
    "the squares": lambda x: (x**2).sum(),
    "the first row": lambda x: x[0].tolist(),
    "the last row": lambda x: x[-1].tolist(),
    "the sorted numbers": lambda x: np.sort(x, axis=None).tolist(),
}
MORE = {
    "the absolute values": (2, lambda x: np.abs(x).tolist()),
    "numbers rounded to 3 places": (3, lambda x: x.round(3).tolist()),
}


@pytest.mark.parametrize("words", SUMMARIES)
def test_a_batch_and_the_next_one_are_alike_in(words, rng):
    first, second, third, fourth, *_ = look_alikes(rng, (6, 4))

    for one, other in [(first, second), (third, fourth)]:
        assert SUMMARIES[words](one) == SUMMARIES[words](other)
        assert (one != other).any()


@pytest.mark.parametrize("words", MORE)
def test_later_batches_are_alike_even_in(words, rng):
    number, summary = MORE[words]
    one, other = look_alikes(rng, (6, 4))[number : number + 2]

    assert summary(one) == summary(other)
    assert (one != other).any()


def test_a_large_batch_and_the_next_one_are_written_alike(rng):
    one, other, *_ = look_alikes(rng, (40, 26))

    assert str(one) == str(other)


def test_pairs_of_labels_and_guesses_are_alike_in_their_sums_and_never_equal(rng):
    for one, other in pairwise(look_alike_guesses(rng, 8)):
        assert [x.sum().round(3) for x in one] == [x.sum().round(3) for x in other]
        assert [x[0].tolist() for x in one] == [x[0].tolist() for x in other]
        assert any((x != y).any() for x, y in zip(one, other, strict=True))


def test_sizes_hold_one_sample_many_and_numbers_from_zero_to_a_million(rng):
    batches = all_sizes(rng, 3)
    numbers = np.abs(np.vstack(batches))

    assert {1, 40} < {len(x) for x in batches}
    assert numbers.max() > 1e5
    assert (numbers == 0).any()
    assert ((numbers > 0) & (numbers < 1e-9)).any()


def answers_to(method):
    x = held_by_float32(np.random.default_rng(3), (6, 5))
    return [method(each) for each in (x, a_little_more(x))]


def in_single(x):
    return x.astype(np.float32).astype(float)


@pytest.mark.parametrize(
    "method",
    [
        lambda x: np.tanh(in_single(x)),
        lambda x: in_single(np.tanh(x)),
        lambda x: np.tanh(x).round(7),
        lambda x: np.tanh(x) * np.nan,
    ],
    ids=["of the argument", "of the result", "of 7 places", "nan"],
)
def test_single_precision_stands_still_or_jumps(method):
    with pytest.raises(CheckFailed, match="float32"):
        assert_moves(answers_to(method), answers_to(np.tanh), asked="f(x)")


@pytest.mark.parametrize(
    "method",
    [
        np.tanh,
        lambda x: np.tanh(x) + 1e-6,
        lambda x: np.tanh(x * (1 + 1e-6)),
        lambda x: 1 - 2 / (np.exp(2 * x) + 1),
        lambda x: (np.log(np.cosh(x + 1e-5)) - np.log(np.cosh(x - 1e-5))) / 2e-5,
    ],
    ids=["exact", "off by a number", "off by a share", "another formula", "differences"],
)
def test_what_moves_along_is_right_however_it_is_computed(method):
    assert_moves(answers_to(method), answers_to(np.tanh), asked="f(x)")
