"""What counts as the text of a program: UTF-8, or one of a few encodings that it declares."""

from __future__ import annotations

import codecs
import io
import tokenize
from importlib.util import decode_source

SIZE_LIMIT = 1 << 18
_ENCODINGS = {"utf-8", "utf-8-sig", "ascii", "iso8859-1", "iso8859-15", "cp1252"}
_ADVICE = "save it as UTF-8"


class RefusedError(Exception):
    """Why one file cannot be taken, as in "is a link"."""


def checked_text(content: bytes) -> bytes:
    """Return the content of a file whose text Python can read; raise RefusedError for others."""
    if len(content) > SIZE_LIMIT:
        raise RefusedError(f"is larger than {SIZE_LIMIT >> 10} KiB")
    if b"\0" in content:  # UTF-16 has one in every letter of English
        _refuse_as("UTF-8", _first_wrong(content, "utf-8", content.index(b"\0")))
    encoding = _declared(content)
    if (wrong := _first_wrong(content, encoding, len(content))) < len(content):
        _refuse_as("UTF-8" if encoding.startswith("utf-8") else encoding, wrong)
    return content


def text_of(content: bytes) -> str:
    """Return the text of a file in the encoding that it declares (PEP 263)."""
    return decode_source(content)


def _refuse_as(encoding: str, byte: int) -> None:
    raise RefusedError(f"is not {encoding} text (byte {byte}); {_ADVICE}")


def _first_wrong(content: bytes, encoding: str, least: int) -> int:
    try:
        content.decode(encoding)
    except UnicodeDecodeError as error:
        return min(error.start, least)
    return least


def _declared(content: bytes) -> str:
    """Return the encoding that the first two lines declare, else UTF-8."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        name = codecs.lookup(encoding).name
    except (SyntaxError, LookupError):
        wrong = _first_wrong(content, "utf-8", len(content))
        if wrong < len(content):  # in the first two lines, which have to be UTF-8
            _refuse_as("UTF-8", wrong)
        raise RefusedError(f"declares an encoding that Python does not know; {_ADVICE}") from None
    if name not in _ENCODINGS:  # some take seconds to decode
        raise RefusedError(f"declares the encoding {encoding[:40]!r}; {_ADVICE}")
    return name
