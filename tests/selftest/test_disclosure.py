"""What gives a hidden test away, and what does not."""

import pytest

from kit.selftest.disclosure import leaked, secrets

HIDDEN = '''
"""Hidden tests of one exercise, for nobody to see."""

BAR, SHORT = 0.9375, 0.5


def test_forward_doubles_what_comes(part):
    assert part.forward(3.25) == 6.5, "a sentence that a test says when it fails"
'''


@pytest.fixture
def hidden(tmp_path):
    (tmp_path / "test_one.py").write_text(HIDDEN, encoding="utf-8")
    return secrets(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "see Hidden tests of one exercise, for nobody to see.",
        "came 0.9375",
        "at x = 3.25",
        "a sentence that a test says when it fails",
        "def test_forward_doubles_what_comes(part):",
        "in test_one.py, line 8",
        "seed 0123456789abcdef",
    ],
)
def test_a_piece_of_a_hidden_test_is_seen_in_a_text(hidden, text):
    assert leaked(frozenset({"fine", text}), hidden, "0123456789abcdef")


@pytest.mark.parametrize("text", ["", "came 0.5", "forward doubles what comes", "6.5 is right"])
def test_what_everybody_may_know_is_no_leak(hidden, text):
    assert leaked(frozenset({text}), hidden, "0123456789abcdef") == []
