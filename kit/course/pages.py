"""Make the page of a student's feedback: nbgrader's own, with titles, and lines that wrap."""

from __future__ import annotations

import html
import re
from typing import Any

from nbconvert.exporters import HTMLExporter
from nbgrader.utils import is_grade

from kit.course.notebook import is_check

_LINK = re.compile(r'(<a href="#([\w-]+)">Test cell)(</a>)')
_HEAD = re.compile(r"(Grade cell: <code>([\w-]+)</code>)()")
# Sentences wrap, as they do in a terminal; the spaces of a table are kept.
_WRAP = (
    "<style>div.output_area pre "
    "{ white-space: pre-wrap; word-break: normal; overflow-wrap: anywhere; }</style>\n"
)


class FeedbackExporter(HTMLExporter):  # type: ignore[misc]
    """Names exercises where nbgrader says "Test cell", each time the same."""

    def from_notebook_node(self, nb: Any, resources: Any = None, **options: Any) -> Any:
        """Return the page, and what nbconvert says beside it."""
        page, resources = super().from_notebook_node(nb, resources, **options)
        return with_titles(page, titles(nb)).replace("</head>", f"{_WRAP}</head>", 1), resources


def titles(notebook: Any) -> dict[str, str]:
    """Return the title of each exercise by its name: the first line of its cell."""
    graded = {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells if is_grade(cell)}
    return {
        name: cell.source.partition("\n")[0].removeprefix("# ")
        for name, cell in graded.items()
        if is_check(name, cell.source) and cell.source.startswith("# ")
    }


def with_titles(page: str, known: dict[str, str]) -> str:
    """Return the page with the titles behind what nbgrader calls the cells."""

    def named(found: re.Match[str]) -> str:
        title = known.get(found[2])
        return f"{found[1]}: {html.escape(title)}{found[3]}" if title else found[0]

    return _HEAD.sub(named, _LINK.sub(named, page))
