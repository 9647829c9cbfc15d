"""Look at what is about to be released, as a student with bad intentions would.

Everything has to be expected: a file with a name that no assignment needs is a finding, and so is
one that is no text, because nobody can say what it gives away.
"""

from __future__ import annotations

import ast
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from kit.course.leaks import hidden_tests, leaks
from kit.course.stripping import functions, parse, regions
from kit.manifest import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kit.grading.assignment import Assignment

_DATA = {".cfg", ".csv", ".ini", ".json", ".md", ".toml", ".txt"}


def findings(release: Mapping[str, bytes], assignment: Assignment) -> list[str]:
    """Say what must not go out, a line each; `release` maps a relative name to its content."""
    found = [*unmarked(assignment)]
    solution, suite = _python(assignment.solution), _python(assignment.hidden)
    for name, content in sorted(release.items()):
        if problem := _unexpected(name, assignment):
            found.append(problem)
        elif (text := _text(content)) is None:
            found.append(f"{name} is not UTF-8 text, so nobody can say what it gives away")
        else:
            found += _given_away(name, text, solution, suite)
            found += _edited_copy(name, text, assignment.hidden / PurePosixPath(name).name)
    return found


def unmarked(assignment: Assignment) -> Iterator[str]:
    """Find the methods that students write and that no marker would take out."""
    for place in sorted({p for e in assignment.manifest.exercises for p in e.owns.values()}):
        name, _, owner = place.partition(":")
        text = (assignment.solution / name).read_text(encoding="utf-8")
        marked = regions(text, name)
        methods = [(n, f) for n, f in functions(parse(text, name)) if n.startswith(f"{owner}.")]
        if not methods:
            yield f"{name} has no class {owner} with methods, which {MANIFEST} names"
        for method, function in methods:
            body = list(ast.walk(function))
            if not any(region.holds(node) for region in marked for node in body):
                yield f"{name}: {method} has no solution marker, so its solution would go out"


def _unexpected(name: str, assignment: Assignment) -> str | None:
    path = PurePosixPath(name)
    if any(part.startswith((".", "__")) for part in path.parts):
        return f"{name} is a hidden file or a cache; delete it"
    public = path.match("test_*.py") or name == "conftest.py"
    wanted = name in {*assignment.manifest.files, MANIFEST, f"{assignment.name}.ipynb"}
    if public or wanted or path.suffix in _DATA:
        return None
    return f"{name} is not expected; name it in `files` of {MANIFEST}, or move it out of solutions/"


def _given_away(name: str, text: str, solution: str, suite: str) -> Iterator[str]:
    for leak in leaks(text, solution):
        yield f"{name} gives away {leak}"
    for test in hidden_tests(text, suite):
        yield f"{name} gives away the hidden test {test}"


def _edited_copy(name: str, text: str, hidden: Path) -> Iterator[str]:
    """Suspect a file that has the name of a hidden one, and a test with the name of one there."""
    if hidden.is_file() and (same := _tests(text) & _tests(hidden.read_text(encoding="utf-8"))):
        yield f"{name} looks like a copy of the hidden one, with {min(same)}; rename one of them"


def _tests(text: str) -> set[str]:
    names = (name.rpartition(".")[2] for name, _ in functions(parse(text, "a test file")))
    return {name for name in names if name.startswith("test")}


def _python(folder: Path) -> str:
    """Read all the Python of a folder as one text, so that it is parsed once a file released."""
    paths = sorted(folder.rglob("*.py"))
    return "\n\n".join(path.read_text(encoding="utf-8") for path in paths)


def _text(content: bytes) -> str | None:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None
