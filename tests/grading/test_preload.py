"""What a submission can import: all that students use, and an error with words for the rest."""

import ast
import builtins
import pkgutil
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest

from kit.errors import GradingError, PartError
from kit.grading.assignment import Assignment
from kit.grading.client import RemoteBench
from kit.grading.evaluate import Evaluator
from kit.grading.limits import Limits
from kit.grading.nursery import Zygote
from kit.harness.offered import ALWAYS, is_offered

pytestmark = pytest.mark.slow

EVERYDAY = sorted(Path(__file__).with_name("everyday").glob("*.py"))
USES = [
    (path.name, method.name)
    for path in EVERYDAY
    for node in ast.parse(path.read_text(encoding="utf-8")).body
    if isinstance(node, ast.ClassDef) and node.name == "Everyday"
    for method in node.body
    if method.name != "use" and not method.name.startswith("_")
]
IMPORTING = """
    import importlib


    class Importing:
        def get(self, name):
            return importlib.import_module(name).__name__
"""


@pytest.fixture(scope="module")
def zygote():
    zygote = Zygote(Limits(), "L3")
    yield zygote
    zygote.close()


@pytest.fixture(scope="module")
def everyday(zygote):
    """Try one of the methods of a file in a worker."""
    bench = RemoteBench(zygote, {path.name: path.read_text(encoding="utf-8") for path in EVERYDAY})
    parts = {
        path.name: bench.make("activation:everyday", f"{path.name}:Everyday", ())
        for path in EVERYDAY
    }
    yield lambda file, use: bench.call(parts[file], "use", [use])[0]
    bench.close()


@pytest.fixture(scope="module")
def get(zygote):
    """Import a module in a worker."""
    bench = RemoteBench(zygote, {"importing.py": dedent(IMPORTING)})
    part = bench.make("activation:importing", "importing.py:Importing", ())
    yield lambda name: bench.call(part, "get", [name])[0]
    bench.close()


@pytest.mark.parametrize(("file", "use"), USES)
def test_what_students_use_works_and_needs_no_further_import(everyday, file, use):
    assert everyday(file, use) == []


@pytest.mark.parametrize("name", ALWAYS)
def test_what_is_offered_is_there(get, name):
    assert get(name) == __import__(name, fromlist=["name"]).__name__


@pytest.mark.parametrize(
    "name", ["torch", "pytest", "numpy.distutils", "kit.testing", "kit.grading.suite", "pluggy"]
)
def test_an_import_that_is_not_offered_says_what_is(get, name):
    with pytest.raises(PartError) as refused:
        get(name)

    assert refused.value.name == "ModuleNotFoundError"
    assert refused.value.text == (
        "grading offers NumPy and most of the standard library; "
        f'remove `import_module("{name}")` (line 7)'
    )


def test_what_the_student_s_side_offers_of_numpy_is_there(get):
    inner = [
        name
        for _, name, _ in pkgutil.walk_packages(np.__path__, "numpy.", onerror=lambda _: None)
        if is_offered(name) and "._" not in name
    ]

    assert len(inner) > 50
    assert [name for name in inner if get(name) != name] == []


@pytest.mark.filterwarnings("ignore")
def test_every_name_of_numpy_can_be_used_in_a_worker(everyday):
    assert everyday("star.py", "every_name") == []
    assert everyday("star.py", "what_a_star_import_leaves_to_be_loaded") == []


@pytest.mark.parametrize("use", ["loadtxt", "genfromtxt", "savetxt", "load", "save", "fromfile"])
def test_a_file_that_numpy_is_to_read_or_write_is_a_refused_file(everyday, use):
    with pytest.raises(PartError) as refused:
        everyday("files.py", use)

    assert issubclass(getattr(builtins, refused.value.name), OSError)


# What a manifest adds

MORE = """
import {name}
class Two:
    def forward(self, x):
        return 2 * x
"""


@pytest.fixture
def importing(tiny_course, tmp_path):
    """An assignment whose manifest offers a module more."""

    def make(name):
        course = tiny_course(tmp_path)
        manifest = course / "solutions/tiny/assignment.toml"
        text = manifest.read_text(encoding="utf-8")
        manifest.write_text(f'imports = ["{name}"]\n{text}', encoding="utf-8")
        return Assignment.load(course, "tiny")

    return make


def test_a_manifest_can_offer_a_module_more(importing, tiny, hand_in):
    submission = hand_in(two=MORE.format(name="colorsys"))

    with Evaluator(importing("colorsys")) as evaluator:
        assert evaluator.evaluate(submission).score == 7.5
    assert tiny.evaluate(submission).score == 3.5


@pytest.mark.parametrize("name", ["nonsense", "nonsense.inner", "numpy.nonsense"])
def test_a_manifest_that_offers_what_is_not_there_is_told_so(importing, name):
    with pytest.raises(GradingError, match=f"`imports` of the manifest names '{name}'"):
        Evaluator(importing(name))
