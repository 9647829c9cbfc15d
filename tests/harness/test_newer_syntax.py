"""A student whose Python is newer than grading's reads which syntax grading does not have."""

from dataclasses import replace
from pathlib import Path

import pytest

from kit.errors import UsageError
from kit.harness.newer_syntax import all_problems
from kit.harness.submission import Submission
from kit.manifest import read_manifest

SOLUTION = Path(__file__).resolve().parents[2] / "solutions" / "backprop"
MANIFEST = read_manifest(SOLUTION)
NEWER = b"match 1:\n    case 1:\n        pass\n"


def problems(version, content=NEWER):
    submission = Submission("ada", {"losses.py": content}, {"layers.py": "was not handed in"})
    return all_problems(submission, replace(MANIFEST, python=version))


def test_newer_syntax_is_named_with_the_version_that_grades_and_its_line():
    assert problems((3, 9)) == {
        "layers.py": "was not handed in",
        "losses.py": "losses.py cannot be loaded by grading, which runs Python 3.9: "
        "Pattern matching is only supported in Python 3.10 and greater (line 3)",
    }


@pytest.mark.parametrize(("version", "content"), [((3, 10), NEWER), (None, NEWER)])
def test_syntax_that_grading_has_is_no_problem(version, content):
    assert list(problems(version, content)) == ["layers.py"]


def test_what_no_python_can_read_is_left_to_loading():
    assert list(problems((3, 9), b"import numpy as")) == ["layers.py"]


def test_the_manifest_names_the_version(tmp_path):
    manifest = tmp_path / "assignment.toml"
    text = (SOLUTION / "assignment.toml").read_text(encoding="utf-8")

    manifest.write_text(text.replace('"3.11"', '"3.14"'), encoding="utf-8")
    assert read_manifest(tmp_path).python == (3, 14)

    manifest.write_text(text.replace('"3.11"', '"three"'), encoding="utf-8")
    with pytest.raises(UsageError, match="is a version as in"):
        read_manifest(tmp_path)
