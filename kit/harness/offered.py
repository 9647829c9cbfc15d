"""What a submission may import: a worker imports all of it, and the student's side checks it.

A worker opens no file, so what it has imported before the submission arrives is all that an
`import` can find. Of each package here it has all public modules.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

STANDARD = (
    *("__future__", "abc", "argparse", "array", "ast", "asyncio", "atexit", "base64", "bdb"),
    *("binascii", "bisect", "builtins", "bz2", "calendar", "cmath", "cmd", "code", "codecs"),
    *("codeop", "collections", "concurrent", "configparser", "contextlib", "contextvars", "copy"),
    *("copyreg", "cProfile", "csv", "ctypes", "dataclasses", "datetime", "decimal", "difflib"),
    *("dis", "doctest", "email", "encodings", "enum", "errno", "faulthandler", "fcntl", "filecmp"),
    *("fileinput", "fnmatch", "fractions", "functools", "gc", "genericpath", "getopt", "getpass"),
    *("gettext", "glob", "graphlib", "gzip", "hashlib", "heapq", "hmac", "html", "http"),
    *("importlib", "inspect", "io", "ipaddress", "itertools", "json", "keyword", "linecache"),
    *("locale", "logging", "lzma", "marshal", "math", "mimetypes", "mmap", "multiprocessing"),
    *("ntpath", "numbers", "opcode", "operator", "optparse", "os", "pathlib", "pdb", "pickle"),
    *("pkgutil", "platform", "posix", "posixpath", "pprint", "profile", "pstats", "pydoc"),
    *("queue", "quopri", "random", "re", "reprlib", "resource", "runpy", "sched", "secrets"),
    *("select", "selectors", "shlex", "shutil", "signal", "site", "socket", "ssl"),
    *("stat", "statistics", "string", "stringprep", "struct", "subprocess", "symtable", "sys"),
    *("sysconfig", "tarfile", "tempfile", "textwrap", "threading", "time", "timeit", "token"),
    *("tokenize", "tomllib", "trace", "traceback", "tracemalloc", "types", "typing"),
    *("unicodedata", "unittest", "urllib", "uuid", "warnings", "weakref", "zipfile"),
    *("zipimport", "zlib", "zoneinfo"),
)
KIT = (
    *("kit", "kit.data", "kit.errors", "kit.hookspecs", "kit.network", "kit.optimizers"),
    *("kit.plugins", "kit.protocols", "kit.trainer"),
)
ALWAYS = (*STANDARD, "numpy", *KIT)
# Modules of these packages that have no use in a computation: tests, builders, programs of their own.
LEFT_OUT = {"__main__", "conftest", "distutils", "mypy_plugin", "setup", "test", "tests"}
OFFER = "grading offers NumPy and most of the standard library"


def is_offered(name: str, more: Sequence[str] = ()) -> bool:
    """Whether grading has a module; `more` are those that the manifest adds."""
    top, *inner = name.split(".")
    if top == "kit":
        return name in KIT
    if top == "numpy" or top in STANDARD:
        return LEFT_OUT.isdisjoint(inner)
    if top.startswith("_") and top in sys.stdlib_module_names:
        return True  # what Python's own functions import when they are called
    return any(_brings(each, name) for each in more)


def _brings(added: str, name: str) -> bool:
    """Whether a module is there once another one has been imported."""
    if added == name or added.startswith(f"{name}."):
        return True
    if not name.startswith(f"{added}."):
        return False
    import_module(added)
    return name in sys.modules
