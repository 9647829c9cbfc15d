"""What a submission may import: everything here is imported before the first one is forked.

A worker opens no file, so this list is the whole of what `import` can find. NumPy's lazy modules
and the codecs are part of it: what students use must not need a file in the middle of a check.
"""

from __future__ import annotations

import codecs
import importlib
import importlib.util
import operator
import sys
import time
import traceback
import unittest
from importlib.machinery import BuiltinImporter, FrozenImporter, ModuleSpec
from typing import TYPE_CHECKING, Any

import numpy as np

from kit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

NUMPY = (
    *("numpy.linalg", "numpy.random", "numpy.fft", "numpy.ma", "numpy.polynomial", "numpy.testing"),
    *("numpy.lib.stride_tricks", "numpy.lib.recfunctions", "numpy.typing", "numpy.exceptions"),
    *("numpy.rec", "numpy.char", "numpy.strings", "numpy.dtypes", "numpy.ctypeslib"),
)
STANDARD = (
    *("__future__", "abc", "argparse", "array", "ast", "base64", "bisect", "calendar", "cmath"),
    *("codecs", "collections", "collections.abc", "contextlib", "contextvars", "copy", "copyreg"),
    *("csv", "dataclasses", "datetime", "decimal", "dis", "doctest", "enum", "errno", "fractions"),
    *("functools", "gc", "glob", "hashlib", "heapq", "importlib", "inspect", "io", "itertools"),
    *("json", "keyword", "linecache", "locale", "logging", "math", "numbers", "operator", "os"),
    *("pathlib", "pickle", "platform", "pprint", "pydoc", "queue", "random", "re", "reprlib"),
    *("resource", "secrets", "shutil", "signal", "socket", "stat", "statistics", "string"),
    *("struct", "sys", "tempfile", "textwrap", "threading", "time", "timeit", "token", "tokenize"),
    *("traceback", "types", "typing", "unittest", "unittest.mock", "uuid", "warnings", "weakref"),
    *("zipfile", "zlib"),
)
CODECS = (
    *("utf-8", "utf-8-sig", "utf-7", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "ascii", "idna"),
    *("latin-1", "iso-8859-15", "cp1252", "cp437", "mac-roman", "punycode"),
    *("unicode_escape", "raw_unicode_escape"),
)
KIT = ("kit", "kit.data", "kit.hookspecs", "kit.network", "kit.optimizers", "kit.protocols")
ALWAYS = (*STANDARD, "numpy", *NUMPY, *KIT)


class NotOffered:
    """The last finder of all: says what there is, when something else is asked for."""

    def __init__(self, offered: Sequence[str]) -> None:
        self._offered = ", ".join(sorted({name.partition(".")[0] for name in offered}))

    def find_spec(
        self, name: str, _path: object = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Raise ModuleNotFoundError, which names the modules that are offered."""
        raise ModuleNotFoundError(
            f"{name!r} is no module of this assignment; there are: {self._offered}", name=name
        )


def insist_on(more: Sequence[str]) -> None:
    """Raise UsageError where one of an assignment's own modules is not there."""
    for name in more:
        try:
            found = importlib.util.find_spec(name)
        except ImportError:  # of the package that it is in
            found = None
        if found is None:
            raise UsageError(
                f"`imports` of the manifest names {name!r}, and there is no such module"
            )


def preload(more: Sequence[str]) -> None:
    """Import all that a submission may import, and forget where else modules could lie."""
    for name in (*ALWAYS, *more):
        importlib.import_module(name)
    for codec in CODECS:
        codecs.lookup(codec)
    _use_numpy()
    _use_the_library()
    sys.path[:] = []
    sys.path_importer_cache.clear()
    sys.meta_path[:] = [BuiltinImporter, FrozenImporter, NotOffered((*ALWAYS, *more))]


def _use_numpy() -> Any:
    """Make NumPy import what it would import at the first use."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((4, 3)) @ rng.random((3, 2))
    shown = f"{x!r} {x.mean():.3f} {np.array2string(x, precision=2)} {np.float32(1)!r}"
    with np.errstate(all="ignore"), np.printoptions(precision=3):
        np.exp(x) / (1 + np.exp(-x))
    np.random.seed(0)  # noqa: NPY002 - students do
    np.random.randn(2, 2)  # noqa: NPY002
    return (
        shown,
        np.einsum("ij,ij->i", x, x),
        np.linalg.norm(x),
        np.where(x > 0, x, 0),
        str(x.dtype),
    )


def _use_the_library() -> None:
    """Make the standard library do the same."""
    time.strptime("12:00", "%H:%M")
    unittest.TestCase().assertLogs()
    try:
        operator.attrgetter("sqroot")(np)  # its traceback asks whether another name was meant
    except AttributeError:
        traceback.format_exc()
