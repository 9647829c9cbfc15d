"""The files of an assignment's folder as plugins: `kit train` takes what grading would take."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kit.discovery import LOCAL, Source
from kit.errors import SubmissionError
from kit.harness.local_bench import bench_for
from kit.harness.refused import Refusing
from kit.harness.submission import read_submission
from kit.manifest import read_manifest

if TYPE_CHECKING:
    from kit.discovery import Gathered
    from kit.loading import Factory


class StudentFile(Source):
    """A file of an assignment's folder: the manifest says which parts are looked for in it."""

    __slots__ = ()

    def parts(self) -> Gathered:
        """Return the parts that the manifest names, with what else the file's hooks offer."""
        folder, file = Path(self.target).parent, Path(self.target).name
        manifest = read_manifest(folder)
        bench = bench_for(read_submission(folder, manifest), manifest, Refusing)
        found: dict[tuple[str, str], Factory] = {}
        lacking: dict[tuple[str, str], SubmissionError] = {}
        owned = {part: place for each in manifest.exercises for part, place in each.owns.items()}
        for part, place in owned.items():
            if place.partition(":")[0] != file:
                continue
            kind, _, name = part.partition(":")
            try:
                found[kind, name] = bench.factory(part, place)
            except SubmissionError as error:
                lacking[kind, name] = error
        more = bench.table(file) if found else {}
        return {**more, **found}, lacking


def student_files(folder: Path) -> list[StudentFile]:
    """Return the files of an assignment's folder."""
    return [StudentFile(LOCAL, "", str(folder / name)) for name in read_manifest(folder).files]
