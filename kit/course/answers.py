"""Read what a student answered in the notebook, where a teacher has added questions to it.

The text of those cells is taken, and nothing else: no output, no metadata, no cell of another name.
It comes back such that a page which shows it runs nothing: a script in Formgrader could give marks.
"""

from __future__ import annotations

import json
import os
import re
import stat
from glob import escape
from typing import TYPE_CHECKING, Any

from nbgrader.utils import is_solution

from kit.course.notebook import cell_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

LONGEST = 1 << 24  # bytes of a notebook: pictures lie in it, too
_SHOWN = 100_000  # characters of an answer
# What makes a link, or defines what makes one, in TeX as MathJax reads it.
_TEX = re.compile(
    r"\\(?=(?:href|require|style|class|cssId|html\w*|data|csname|[eg]?def|let"
    r"|(?:re)?new(?:command|environment))(?![a-zA-Z]))"
)


def questions(notebook: Any, files: tuple[str, ...]) -> dict[str, Any]:
    """Return the cells that a student answers, by grade id; the ones for files are none."""
    ours = {cell_id(name) for name in files}
    open_ = [cell for cell in notebook.cells if is_solution(cell)]
    names = ((cell.metadata.nbgrader.grade_id, cell) for cell in open_)
    return {name: cell for name, cell in names if name not in ours}


def read_answers(folder: Path, name: str, asked: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Return the answer to each question; `asked` has the type of its cell and its text as released.

    One that is not answered stays as released. A notebook that cannot be read is said in each.
    """
    blank = {cell: text for cell, (_, text) in asked.items()}
    if not asked:
        return blank
    try:
        came = dict(_cells(_content(_find(folder, name))))
    except FileNotFoundError:
        return blank
    except (OSError, ValueError, RecursionError) as error:
        return dict.fromkeys(asked, f"# The notebook that was handed in cannot be read: {error}")
    return {
        cell: _harmless(came[cell], kind) if came.get(cell, text) != text else text
        for cell, (kind, text) in asked.items()
    }


def _find(folder: Path, name: str) -> Path:
    """Return where the notebook is: at the top, or the only one a folder or two further down."""
    top = folder / name
    if os.path.lexists(top):
        return top
    paths = [path for pattern in ("*", "*/*") for path in folder.glob(f"{pattern}/{escape(name)}")]
    inside = [path for path in paths if path.parent.resolve().is_relative_to(folder.resolve())]
    if len(inside) > 1:
        raise ValueError(f"it is there {len(inside)} times")
    if archives := [] if inside else sorted(folder.glob("*.[zZ][iI][pP]")):
        raise ValueError(f"it may lie in {archives[0].name}, which has to be opened by hand")
    return inside[0] if inside else top


def _content(path: Path) -> bytes:
    """Read a regular file; what links point to is not the student's, and a pipe never ends."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError("it is not a file")
        content = file.read(LONGEST + 1)
    if len(content) > LONGEST:
        raise ValueError(f"it is larger than {LONGEST >> 20} MiB")
    return content


def _cells(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield the grade id and the text of each cell; of cells with one name the first one counts."""
    notebook = json.loads(content)
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        raise ValueError("it holds no cells")  # noqa: TRY004 - it is about what a file holds
    for cell in reversed(cells):
        try:
            source = cell["source"]
            text = source if isinstance(source, str) else "".join(source)
            yield str(cell["metadata"]["nbgrader"]["grade_id"]), text
        except (KeyError, TypeError):  # a cell without a name, or none at all
            continue


def _harmless(text: str, kind: str) -> str:
    """Return a text whose page holds no tag, no link and no picture of the student's making."""
    text = "".join(it if it.isprintable() or it in "\n\t" else " " for it in text[:_SHOWN])
    if kind != "markdown":
        return text
    text = text.replace("<", "&lt;").replace("](", "] (").replace("]:", "] :")
    return _TEX.sub(r"\\ ", text)
