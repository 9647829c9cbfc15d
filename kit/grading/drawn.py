"""What the random inputs of a hidden test are drawn from: the test itself, and the submission.

No other test has a part in it, so an edit of one leaves the inputs of all others as they are. The
code of a test is hidden, so its inputs cannot be foreseen without it.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import textwrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest


def own_number(item: pytest.Item) -> int:
    """Return a number of 128 bits that belongs to the name and the code of a test."""
    text = f"{item.nodeid}\n{_code(getattr(item, 'function', None))}"
    return int(hashlib.sha256(text.encode()).hexdigest()[:32], 16)


def _code(function: Any) -> str:
    """Return the code of a function without its decorators (points, kind) and its comments."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError):  # what has no source is known by its name alone
        return ""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            node.decorator_list = []
    return ast.unparse(tree)
