"""Import all that a submission may import, before the first worker is forked.

A worker opens no file. NumPy's lazy modules and the codecs are loaded too: what students use must
not need a file in the middle of a check.
"""

from __future__ import annotations

import codecs
import contextlib
import importlib
import importlib.util
import operator
import pkgutil
import sys
import time
import traceback
import unittest
import warnings
from importlib.machinery import BuiltinImporter, FrozenImporter, ModuleSpec
from typing import TYPE_CHECKING, Any

import numpy as np

from kit.errors import UsageError
from kit.harness.offered import ALWAYS, LEFT_OUT, OFFER, STANDARD

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

CODECS = (
    *("utf-8", "utf-8-sig", "utf-7", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "ascii", "idna"),
    *("latin-1", "iso-8859-15", "cp1252", "cp437", "mac-roman", "punycode"),
    *("unicode_escape", "raw_unicode_escape"),
)
ONE_BY_ONE = {"encodings", "kit"}  # of these packages, not every module is imported


class NotOffered:
    """The last finder of all: refuses what has not been imported by now."""

    def find_spec(
        self, name: str, _path: object = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Raise ModuleNotFoundError."""
        raise ModuleNotFoundError(f"{OFFER}, not {name!r}", name=name)


def insist_on(more: Sequence[str]) -> None:
    """Raise UsageError where one of an assignment's own modules is not there."""
    for name in more:
        try:
            found = importlib.util.find_spec(name)
        except ImportError:  # of the package that it is in
            found = None
        if found is None:
            raise UsageError(
                f"`imports` of the manifest names {name!r}, and there is no such module; install "
                "it, or take it out"
            )
        try:
            importlib.import_module(name)
        except Exception as error:
            raise UsageError(
                f"`imports` of the manifest names {name!r}, which cannot be imported: {error!r}; "
                "install it anew, or take it out"
            ) from error


def preload(more: Sequence[str]) -> None:
    """Import all that a submission may import, and forget where else modules could lie."""
    with warnings.catch_warnings(action="ignore"):  # of what is deprecated
        for name in (*ALWAYS, *more):
            importlib.import_module(name)
        import_numpy()
        for name in STANDARD:
            _import_inner(name)
    for codec in CODECS:
        codecs.lookup(codec)
    _use_numpy()
    _use_the_library()
    sys.path[:] = []
    sys.path_importer_cache.clear()
    sys.meta_path[:] = [BuiltinImporter, FrozenImporter, NotOffered()]


def import_numpy() -> None:
    """Import all of NumPy that a submission may import."""
    with warnings.catch_warnings(action="ignore"):
        _import_inner("numpy")


def _import_inner(package: str) -> None:
    """Import all public modules of a package that can be imported here."""
    path = getattr(sys.modules[package], "__path__", None)
    if path is None or package in ONE_BY_ONE:
        return
    for _, name, _ in pkgutil.iter_modules(path):
        if not name.startswith("_") and name not in LEFT_OUT:
            with contextlib.suppress(ImportError):  # of another system, or another package
                importlib.import_module(f"{package}.{name}")
                _import_inner(f"{package}.{name}")


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
