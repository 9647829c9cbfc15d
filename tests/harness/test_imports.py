"""What a submission may import is the same at the student's side as in grading."""

import re
from textwrap import dedent

import pytest

from kit.bench import Bench
from kit.errors import PartError
from kit.harness.imports import builtins_offering


def bench_of(text, *more):
    return Bench({"one.py": dedent(text)}, builtins=builtins_offering(more))


def loaded(text, *more):
    bench = bench_of(text, *more)
    return bench.make("activation:one", "one.py:One", ())


def refusal(text, *more):
    with pytest.raises(PartError) as refused:
        loaded(f"{dedent(text)}\nclass One:\n    pass\n", *more)
    assert refused.value.name == "ModuleNotFoundError"
    return refused.value.text


@pytest.mark.parametrize(
    ("statement", "shown"),
    [
        ("import matplotlib.pyplot as plt", "import matplotlib.pyplot"),
        ("import pytest", "import pytest"),
        ("import kit.bench", "import kit.bench"),
        ("from utils import sigmoid, relu", "from utils import sigmoid, relu"),
        ("from activations import Sigmoid", "from activations import Sigmoid"),
        ("from kit import testing", "from kit import testing"),
        ("from kit.testing import check", "from kit.testing import check"),
        ('__import__("torch")', "import torch"),
        ('import importlib; importlib.import_module("torch")', 'import_module("torch")'),
        ('from importlib import import_module as load; load("torch")', 'import_module("torch")'),
        ('exec("import torch")', "import torch"),
    ],
)
def test_an_import_that_grading_does_not_offer_is_refused_with_its_line(statement, shown):
    told = refusal(f"import math\n\n{statement}\n")

    line = 1 if "exec" in statement else 3
    offer = "grading offers NumPy and most of the standard library; "
    assert told.endswith(f"{offer}remove `{shown}` (line {line})")


def test_an_import_inside_a_function_is_refused_when_it_is_called():
    bench = bench_of("""
        class One:
            def forward(self, x):
                import scipy
                return x
    """)
    one = bench.make("activation:one", "one.py:One", ())

    with pytest.raises(PartError, match=re.escape("remove `import scipy` (line 4)")):
        bench.call(one, "forward", [1.0])


@pytest.mark.parametrize(
    "statement",
    [
        "import numpy as np, numpy.matlib, numpy.core, numpy.f2py",
        "from numpy import *",
        "from numpy.lib.stride_tricks import sliding_window_view",
        "import os.path, collections.abc, unittest.mock, concurrent.futures, urllib.request",
        "import kit\nfrom kit import Trainer, Network, SGD, hookimpl",
        "from kit import *",
        "import kit; kit.Trainer",
        "import pickle; pickle.loads(pickle.dumps([1.0]))",
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_what_grading_offers_can_be_imported(statement):
    loaded(f"{statement}\nclass One:\n    pass\n")


def test_an_import_that_may_fail_fails_and_is_survived():
    loaded("""
        try:
            import matplotlib.pyplot as plt
        except ImportError:
            plt = None
        class One:
            assert plt is None
    """)


def test_what_the_manifest_adds_is_offered_with_what_it_brings():
    loaded("import pluggy, pluggy._hooks\nclass One:\n    pass\n", "pluggy")
    loaded("from email.mime import text\nimport wave\nclass One:\n    pass\n", "wave")

    assert "remove `import pluggy`" in refusal("import pluggy", "wave")


def test_no_import_but_the_submission_s_own_is_looked_at():
    builtins_offering()

    import colorsys
    from importlib import import_module

    assert import_module("colorsys") is colorsys


def test_input_finds_no_keyboard_as_in_grading():
    with pytest.raises(PartError, match="in grading there is no keyboard") as refused:
        loaded("input('x')\nclass One:\n    pass\n")

    assert refused.value.name == "EOFError"
