"""backprop-kit: learn backpropagation by writing it.

Importing this package costs pluggy and nothing else; the names that need numpy are loaded when
they are first used (PEP 562).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from kit.errors import (
    ConflictError,
    DivergedError,
    GradingError,
    KitError,
    PluginError,
    ShapeError,
    SignatureError,
    UnknownNameError,
    UsageError,
)
from kit.hookspecs import hookimpl

if TYPE_CHECKING:
    from kit.network import Network
    from kit.optimizers import SGD
    from kit.plugins import Registry
    from kit.trainer import History, Trainer

__version__ = "0.1.0"

__all__ = [
    "SGD",
    "ConflictError",
    "DivergedError",
    "GradingError",
    "History",
    "KitError",
    "Network",
    "PluginError",
    "Registry",
    "ShapeError",
    "SignatureError",
    "Trainer",
    "UnknownNameError",
    "UsageError",
    "hookimpl",
]

_LAZY = {
    "History": "kit.trainer",
    "Network": "kit.network",
    "Registry": "kit.plugins",
    "SGD": "kit.optimizers",
    "Trainer": "kit.trainer",
}


def __getattr__(name: str) -> Any:
    """Import the module behind a public name the first time that the name is used."""
    if name not in _LAZY:
        raise AttributeError(f"module 'kit' has no attribute {name!r}")
    return getattr(import_module(_LAZY[name]), name)
