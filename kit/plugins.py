"""Find plugins, load each on its own, and look their parts up.

Three steps; only the second runs foreign code:

1. `find` lists installed plugins and local files as `Source`s.
2. `Registry.add` imports one source. What goes wrong becomes a `Problem`; the others are not
   affected.
3. `Registry.get` looks a name up. A name that two plugins claim is an error only when somebody
   asks for it.

A file that somebody named by its path comes before what happens to be installed: a student trains
the `relu` they wrote, whatever else provides one. Two files that claim one name are a conflict.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kit import __version__
from kit.discovery import LOCAL, Source, find, normalized
from kit.errors import ConflictError, PluginError, SubmissionError, UnknownNameError
from kit.loading import KINDS, Factory, check_factory, load_source, suggestion, tables

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

__all__ = ["Part", "Problem", "Registry", "Source", "find", "load_source", "tables"]

BUILT_IN = tuple(
    Source("backprop-kit", __version__, module) for module in ("kit.optimizers", "kit.data")
)


@dataclass(frozen=True, slots=True)
class Problem:
    """A plugin that was left out, and why."""

    source: Source
    error: BaseException
    part: tuple[str, str] | None = None  # the kind and name, where it is about one alone

    @property
    def message(self) -> str:
        """What went wrong, in one line."""
        if isinstance(self.error, SubmissionError):
            return " ".join(self.error.text.split())
        text = " ".join(_text(self.error).split())
        return f"{type(self.error).__name__}{': ' * bool(text)}{text}{self._line()}"

    def __str__(self) -> str:
        if isinstance(self.error, SubmissionError):  # it names the file
            return self.message
        return f"{self.source}: {self.message}"

    def _line(self) -> str:
        lines = [
            line
            for frame, line in traceback.walk_tb(self.error.__traceback__)
            if frame.f_code.co_filename == self.source.target
        ]
        return f" (line {lines[-1]})" if lines else ""


@dataclass(frozen=True, slots=True)
class Part:
    """Something a plugin provides under a name, and where it comes from."""

    kind: str
    name: str
    factory: Factory
    source: Source


class Registry:
    """The parts that can be asked for by name; what comes with the kit is always among them."""

    def __init__(self, sources: Iterable[Source] = (), *, strict: bool = False) -> None:
        self.sources: list[Source] = []
        self.parts: list[Part] = []
        self.problems: list[Problem] = []
        self._strict = strict
        for source in (*BUILT_IN, *sources):
            self.add(source)

    def add(self, source: Source) -> None:
        """Import a plugin and take its parts: all of them, or none."""
        if source in self.sources:
            return
        try:
            parts, problems = self._gather(source)
        except (Exception, SystemExit) as error:  # foreign code may raise anything
            problem = Problem(source, error)
            if self._strict:
                raise PluginError(str(problem)) from error
            self.problems.append(problem)
        else:
            self.sources.append(source)
            self.parts += parts
            self.problems += problems
            if problems and self._strict:
                raise problems[0].error

    def get(self, kind: str, name: str) -> Factory:
        """Return the class, or the data set's function, that a name stands for."""
        return self.part(kind, name).factory

    def part(self, kind: str, name: str) -> Part:
        """Resolve `name`, `distribution/name` or `module:Class`."""
        kinds = list(KINDS.values())
        if kind not in kinds:
            raise UnknownNameError(f"no kind is called {kind!r}{suggestion(kind, kinds)}")
        if ":" in name:
            return _imported(kind, name)
        claimants = self.claimants(kind, name)
        if len(claimants) == 1:
            return claimants[0]
        if claimants:
            raise ConflictError(_conflict(kind, name, claimants))
        for problem in self.problems:
            if problem.part == (kind, name):
                raise problem.error
        left_out = "".join(f"; left out: {problem}" for problem in self.problems)
        hint = suggestion(name, self.names(kind))
        raise UnknownNameError(f"no {kind} is called {name!r}{hint}{left_out}")

    def claimants(self, kind: str, name: str) -> list[Part]:
        """Return every part that a name may mean: local files come before installed plugins."""
        project, _, plain = name.rpartition("/")
        found = [
            part
            for part in self.parts
            if (part.kind, part.name) == (kind, plain)
            and (not project or normalized(project) == normalized(part.source.project))
        ]
        return [part for part in found if part.source.is_file] or found

    def names(self, kind: str) -> list[str]:
        """List the names of one kind."""
        return sorted({part.name for part in self.parts if part.kind == kind})

    def overlay(self, other: Registry, names: Collection[tuple[str, str]]) -> Registry:
        """Return these parts, with `other`'s in place of the (kind, name) pairs given."""
        mixed = Registry(strict=self._strict)
        mixed.sources = list(dict.fromkeys([*self.sources, *other.sources]))
        mixed.problems = [*self.problems, *other.problems]
        mixed.parts = [part for part in self.parts if (part.kind, part.name) not in names]
        mixed.parts += [part for part in other.parts if (part.kind, part.name) in names]
        return mixed

    def _gather(self, source: Source) -> tuple[list[Part], list[Problem]]:
        reserved = {(part.kind, part.name) for part in self.parts if part.source in BUILT_IN}
        found, lacking = source.parts()
        parts = [Part(*key, factory, source) for key, factory in found.items()]
        for part in parts:
            if (part.kind, part.name) in reserved:
                raise PluginError(f"{part.kind} {part.name!r} is built in; choose another name")
        return parts, [Problem(source, error, key) for key, error in lacking.items()]


def _imported(kind: str, name: str) -> Part:
    """Take `module:Class` or `file.py:Class` directly; the text before the colon need not be a plugin."""
    target, _, attribute = name.rpartition(":")
    source = Source(LOCAL if target.endswith(".py") else "import", "", target)
    try:
        factory = getattr(source.load(), attribute)
        check_factory(kind, name, factory)
    except (Exception, SystemExit) as error:
        raise PluginError(str(Problem(source, error))) from error
    return Part(kind, attribute, factory, source)


def _conflict(kind: str, name: str, claimants: list[Part]) -> str:
    qualified = sorted({f"{part.source.project}/{part.name}" for part in claimants})
    if len(qualified) == len(claimants):
        advice = f"say {' or '.join(qualified)}"
    else:
        advice = f"load one of {', '.join(part.source.target for part in claimants)}"
    return f"{kind} {name!r} comes from {len(claimants)} plugins: {advice}"


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - an exception of a plugin is foreign code too
        return "its message cannot be read"
