"""Read the hostile entries of a zoo: whole submissions that attack the grader.

What stands in `{{...}}` is filled in when an entry is run, for it is not known before: `SOLUTION`
is the reference's file of the same name, `TOOLS` is `hostile/tools.py`, and the others are what an
attack wants to reach: files to read, a folder to write to, a port, a process.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kit.errors import UsageError
from kit.harness.submission import read_submission
from kit.selftest.entries import Entry
from kit.selftest.zoo import VERDICT, entry_folders, read_verdict, zoo_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kit.grading.assignment import Assignment
    from kit.harness.submission import Submission

RUNAWAY = "runaway"  # takes as long as the limits let it, and is run twice, the second time alone


def read_hostile(assignment: Assignment, solution: Submission, level: str) -> Iterator[Entry]:
    """Yield the hostile entries that declare a verdict for this level of the sandbox.

    Below, an attack would reach what it wants: here, and not in a world made for it.
    """
    bank = zoo_folder(assignment) / "hostile"
    for folder in hostile_folders(assignment):
        verdict = _whole(folder, assignment)
        if level in verdict["level"]:
            with (
                tempfile.TemporaryDirectory(prefix="kit-hostile-") as place,
                targets(bank) as wants,
            ):
                rendered = render(folder, Path(place), wants, solution)
                name = f"hostile/{folder.name}"
                submission = read_submission(rendered, assignment.manifest, name)
            runs_away = verdict.get("proof") == "stalls" or verdict.get("kind") == "time"
            scores, family = verdict["scores"], RUNAWAY if runs_away else ""
            yield Entry(name, "hostile", submission, tuple(scores), family=family, scores=scores)


def hostile_folders(assignment: Assignment) -> list[Path]:
    """Return the folders of all hostile entries, whatever level they need."""
    return entry_folders(zoo_folder(assignment) / "hostile")


def render(folder: Path, target: Path, wants: Mapping[str, str], solution: Submission) -> Path:
    """Write the files of an entry to another folder, with what stands in `{{...}}` filled in."""
    for path in folder.rglob("*"):
        if path.is_dir() or path.name == VERDICT or "__pycache__" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        if path.name in solution.files:
            text = text.replace("{{SOLUTION}}", solution.files[path.name].decode())
        for name, value in wants.items():
            text = text.replace(f"{{{{{name}}}}}", value)
        # Stored as `conftest.py.shipped`, or our own pytest would believe it.
        copy = target / str(path.relative_to(folder)).removesuffix(".shipped")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(text, encoding="utf-8")
    return target


@contextmanager
def targets(bank: Path) -> Iterator[dict[str, str]]:
    """Yield what attacks want to reach, by name; a folder that is removed again holds most of it."""
    tools = bank / "tools.py"
    with tempfile.TemporaryDirectory(prefix="kit-targets-") as place:
        folder = Path(place)
        for name in ("folder", "home", "course"):
            (folder / name).mkdir()
        secret = secrets.token_hex(16)
        (folder / "secret.txt").write_text(secret, encoding="utf-8")
        yield {
            "SECRET": str(folder / "secret.txt"),
            "FOLDER": str(folder / "folder"),
            "HOME": str(folder / "home"),
            "COURSE": str(folder / "course"),
            "SOCKET": str(folder / "socket"),
            "PORT": "9",
            "PARENT": str(os.getpid()),
            "NEEDLES": secret.encode().hex(),
            "RESIDUE": secret.encode().hex(),
            "TOOLS": tools.read_text(encoding="utf-8") if tools.is_file() else "",
        }


def _whole(folder: Path, assignment: Assignment) -> dict[str, Any]:
    verdict = read_verdict(folder)
    names = [exercise.name for exercise in assignment.manifest.exercises]
    scores, level = verdict.get("scores"), verdict.get("level")
    if not isinstance(scores, dict) or set(scores) != set(names):
        raise UsageError(f"{folder / VERDICT}: `scores` names every exercise: {', '.join(names)}")
    if not isinstance(level, list):
        raise UsageError(f'{folder / VERDICT}: `level` is a list, as in ["L2", "L3"]')
    return verdict
