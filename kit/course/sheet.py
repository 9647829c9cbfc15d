"""Know an assignment as the gradebook has it: its cells, what they are worth and how they read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nbgrader.api import Assignment, BaseCell, GradeCell, MissingEntry, Notebook, SourceCell
from sqlalchemy import select

from kit.course.notebook import is_check

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that has a row of its own for each student: its id, its name and its notebook's id."""

    id: str
    name: str
    notebook: str
    kind: str

    @property
    def is_graded(self) -> bool:
        """Say whether a student has a mark for it."""
        return self.kind in {"GradeCell", "TaskCell"}

    @property
    def has_comment(self) -> bool:
        """Say whether a student has a comment on it."""
        return self.kind in {"SolutionCell", "TaskCell"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """An assignment in the gradebook. Of its notebooks, the one with its name is graded."""

    name: str
    id: str
    duedate: datetime | None
    notebooks: Mapping[str, str]  # names to ids
    cells: tuple[Cell, ...]
    points: Mapping[str, float]  # names of graded cells of the graded notebook to points
    sources: Mapping[str, Any]

    @classmethod
    def load(cls, session: Session, name: str) -> Sheet | None:
        """Return the assignment of that name; None where the gradebook does not have it."""
        row = select(Assignment.id, Assignment.duedate).where(Assignment.name == name)
        if (assignment := session.execute(row).one_or_none()) is None:
            return None
        query = select(Notebook.name, Notebook.id).where(Notebook.assignment_id == assignment.id)
        notebooks = {row.name: row.id for row in session.execute(query)}
        if name not in notebooks:
            return None
        columns = (BaseCell.id, BaseCell.name, BaseCell.notebook_id, BaseCell.type)
        found = session.execute(
            select(*columns).where(BaseCell.notebook_id.in_(notebooks.values()))
        )
        cells = tuple(Cell(*row) for row in found)
        graded = select(GradeCell.name, GradeCell.max_score)
        found = session.execute(graded.where(GradeCell.notebook_id == notebooks[name]))
        points = {cell.name: cell.max_score for cell in found}
        columns = (SourceCell.cell_type, SourceCell.locked, SourceCell.source, SourceCell.checksum)
        released = select(SourceCell.name, *columns)
        found = session.execute(released.where(SourceCell.notebook_id == notebooks[name]))
        sources = {cell.name: cell for cell in found}
        about = name, assignment.id, assignment.duedate
        return cls(*about, notebooks, cells, points, sources)

    @property
    def worth(self) -> dict[str, float]:
        """What the exercises of the kit give; a human marks the questions that a teacher added."""
        return {
            name: points
            for name, points in self.points.items()
            if name in self.sources and is_check(name, self.sources[name].source)
        }

    def grades(self, cell: Cell) -> bool:
        """Say whether the mark of this cell may be automatic."""
        return cell.kind == "GradeCell" and cell.notebook == self.notebooks[self.name]

    def find_source_cell(self, name: str, *_: str) -> Any:
        """Return how a cell reads, as nbgrader's Gradebook does."""
        if name not in self.sources:
            raise MissingEntry(name)
        return self.sources[name]

    def find_graded_cell(self, name: str, *_: str) -> Any:
        """Return what a cell is worth, as nbgrader's Gradebook does."""
        if name not in self.points:
            raise MissingEntry(name)
        return _Worth(self.points[name])


@dataclass(frozen=True, slots=True)
class _Worth:
    max_score: float
