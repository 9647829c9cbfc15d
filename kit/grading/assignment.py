"""Find an assignment in a course: its manifest, its reference solution and its hidden suite."""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import dataclass
from pathlib import Path

from kit.errors import UsageError
from kit.manifest import MANIFEST, Manifest, read_manifest

CONFIG = "nbgrader_config.py"
_PATTERNS = set("[]?*+{}")


def find_course(folder: Path | None = None) -> Path:
    """Return the course: `folder`, or the nearest parent of here with an `nbgrader_config.py`."""
    start = (folder or Path.cwd()).resolve()
    for candidate in [start] if folder else [start, *start.parents]:
        if (candidate / CONFIG).is_file():
            return candidate
    asked = f"{start} is not a course" if folder else f"no course at {start} or above it"
    raise UsageError(
        f"{asked}: there is no {CONFIG}; go to a clone of the course or name one with --course DIR"
    )


def is_assignment(course: Path, name: str) -> bool:
    """Say whether an assignment is one of the kit's; nbgrader grades any other by itself.

    A hidden suite says so too: where the manifest is lost, solutions must not go out for that.
    """
    manifest = course / "solutions" / name / MANIFEST
    return manifest.is_file() or (course / "tests" / "hidden" / name).is_dir()


@dataclass(frozen=True, slots=True)
class Assignment:
    """An assignment as the grader sees it: `solutions/<name>` and `tests/hidden/<name>`."""

    name: str
    course: Path
    manifest: Manifest

    @classmethod
    def load(cls, course: Path, name: str) -> Assignment:
        """Read the assignment of that name; raise UsageError where it is not complete."""
        there = sorted(path.parent.name for path in course.glob(f"solutions/*/{MANIFEST}"))
        if name not in there:
            raise UsageError(
                f"no assignment is called {name!r} in {course}; there are: {', '.join(there)}"
            )
        if odd := sorted(set(name) & _PATTERNS):
            raise UsageError(
                f"the assignment {name!r} has {' '.join(odd)} in its name, which nbgrader and pytest "
                f"take for a pattern; rename its folders and its notebook"
            )
        assignment = cls(name, course, read_manifest(course / "solutions" / name))
        if not any(assignment.hidden.glob("test_*.py")):
            raise UsageError(f"{name} has no hidden tests: {assignment.hidden} holds no test_*.py")
        return assignment

    @property
    def solution(self) -> Path:
        """The folder of the reference solution, the only one there is."""
        return self.course / "solutions" / self.name

    @property
    def hidden(self) -> Path:
        """The folder of the hidden suite: never under solutions/, never released."""
        return self.course / "tests" / "hidden" / self.name

    def deciding_files(self) -> list[Path]:
        """Return the files that decide a score: hidden tests with their data, manifest, solutions.

        The limits are part of the manifest. What Python and an editor leave behind does not count.
        """
        tests = [path for path in self.hidden.rglob("*") if not _is_left_behind(path)]
        solution = [path for path in self.solution.rglob("*") if path.suffix in {".py", ".toml"}]
        return sorted(path for path in [*tests, *solution] if path.is_file())

    def digest(self) -> str:
        """Return a SHA-256 over the deciding files.

        Only names and contents count, so that two clones of one course agree. Which checks are void
        does not: a Record from before is used on, with their points.
        """
        total = hashlib.sha256()
        for path in self.deciding_files():
            content = hashlib.sha256(_deciding(path)).hexdigest()
            total.update(f"{path.relative_to(self.course).as_posix()} {content}\n".encode())
        return f"sha256:{total.hexdigest()}"


def _deciding(path: Path) -> bytes:
    """Return what of a file decides a score: of the manifest, its values without [[void]]."""
    content = path.read_bytes()
    if path.name != MANIFEST:
        return content
    table = tomllib.loads(content.decode())
    table.pop("void", None)
    return json.dumps(table, sort_keys=True, default=str).encode()


def _is_left_behind(path: Path) -> bool:
    return "__pycache__" in path.parts or path.name.startswith(".") or path.name.endswith("~")
