"""An assignment as one piece of bytes: what decides its scores, sent to where it is needed."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kit.grading.assignment import Assignment

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Bundle:
    """The hidden suite, the manifest and the reference solution of an assignment, zipped."""

    name: str
    suite: str
    content: bytes

    @classmethod
    def of(cls, assignment: Assignment) -> Bundle:
        """Pack an assignment: exactly the files that its digest covers."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in assignment.deciding_files():
                archive.write(path, path.relative_to(assignment.course).as_posix())
        return cls(assignment.name, assignment.digest(), packed.getvalue())

    def unpack(self, folder: Path) -> Assignment:
        """Write the files into a folder; return the assignment that is there then."""
        with zipfile.ZipFile(io.BytesIO(self.content)) as archive:
            archive.extractall(folder)
        return Assignment.load(folder, self.name)
