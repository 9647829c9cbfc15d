"""The five hooks: what a plugin may provide, each a table from a name to a class.

A plugin implements any of these functions, marks them with `kit.hookimpl`, and returns a table.
The hooks take no argument and register nothing themselves, so that a plugin is data: it loads
whole or not at all, and a clash of names can be blamed on both parties.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kit.protocols import Activation, Dataset, Layer, Loss, Optimizer

hookspec = pluggy.HookspecMarker("kit")
hookimpl = pluggy.HookimplMarker("kit")


@hookspec
def kit_activations() -> Mapping[str, Callable[..., Activation]]:  # type: ignore[empty-body]
    """Return the activations that this plugin provides, by name."""


@hookspec
def kit_losses() -> Mapping[str, Callable[..., Loss]]:  # type: ignore[empty-body]
    """Return the losses that this plugin provides, by name."""


@hookspec
def kit_layers() -> Mapping[str, Callable[..., Layer]]:  # type: ignore[empty-body]
    """Return the layers that this plugin provides, by name."""


@hookspec
def kit_optimizers() -> Mapping[str, Callable[..., Optimizer]]:  # type: ignore[empty-body]
    """Return the optimizers that this plugin provides, by name."""


@hookspec
def kit_datasets() -> Mapping[str, Dataset]:  # type: ignore[empty-body]
    """Return the data sets that this plugin provides, by name: functions, not classes."""
