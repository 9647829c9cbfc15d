"""Parts made of a few lines of text, as a test of the kit's own checks needs them."""

from pathlib import Path
from textwrap import dedent

import pytest

from kit.bench import Bench
from kit.manifest import Exercise, read_manifest
from kit.testing.parts import Student

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def part():
    """Make a part whose class `P` has these methods; `np` is there."""

    def make(methods, *arguments):
        source = "import numpy as np\nclass P:\n" + _indented(methods)
        exercise = Exercise("one", "One", {"activation:p": "p.py:P"})
        return Student(Bench({"p.py": source}), exercise).make("activation:p", *arguments)

    return make


@pytest.fixture(scope="session")
def solver():
    """Make the student of `accuracy` from the solution, some text of it replaced: old, new, old, new."""
    folder = ROOT / "solutions" / "backprop"
    manifest = read_manifest(folder)

    def make(*replacements):
        sources = {name: (folder / name).read_text(encoding="utf-8") for name in manifest.files}
        for old, new in zip(replacements[::2], replacements[1::2], strict=True):
            assert any(old in text for text in sources.values())
            sources = {name: text.replace(old, new) for name, text in sources.items()}
        return Student(Bench(sources), manifest.exercise("accuracy"))

    return make


def _indented(text):
    return "".join(f"    {line}\n" for line in dedent(text).strip().splitlines())
