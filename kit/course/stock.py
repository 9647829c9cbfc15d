"""Grade an ordinary assignment of the course, without a manifest, with the steps of nbgrader."""

from __future__ import annotations

from typing import Any

from nbgrader.converters import Autograde
from nbgrader.preprocessors import AssignLatePenalties


def run_stock_steps(setting: str, step: Any, notebook: Any, resources: Any) -> Any:
    """Run the steps that `c.Autograde.<setting>` has where nothing is configured.

    `step` is the one of the kit that stands there instead. The course itself names the step of late
    penalties, so that it can leave it out.
    """
    for stock in Autograde.class_traits()[setting].default():
        if stock is not AssignLatePenalties:
            notebook, resources = stock(parent=step.parent)(notebook, resources)
    return notebook, resources
