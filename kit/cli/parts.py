"""See which parts there are: `kit plugins` lists them, `kit show` tells about one.

Also what every command needs that asks for parts by name: its options, and the registry.
"""

from __future__ import annotations

from dataclasses import astuple
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from kit.plugins import Part, Problem, Registry, Source


def plugin_files(command: Any) -> Any:
    """Give a command the option to name plugin files by their paths."""
    text = "A file or folder with parts; may be repeated. [default: this folder, if an assignment]"
    return click.option("--plugins", "files", multiple=True, metavar="PATH", help=text)(command)


def strictly(command: Any) -> Any:
    """Give a command the option to stop at a broken plugin."""
    return click.option("--strict", is_flag=True, help="Stop at a plugin that is broken.")(command)


def open_registry(files: tuple[str, ...], *, strict: bool = False) -> Registry:
    """Load the files named, or those of the assignment in this folder, and what is installed."""
    from kit.harness.student_files import student_files
    from kit.manifest import MANIFEST
    from kit.plugins import Registry, find

    chosen = files or ((".",) if Path(MANIFEST).is_file() else ())
    folders = [name for name in chosen if Path(name, MANIFEST).is_file()]
    local = [source for name in folders for source in student_files(Path(name))]
    others = find(name for name in chosen if name not in folders)
    return Registry(dict.fromkeys([*local, *others]), strict=strict)


def tell_problems(problems: list[Problem]) -> None:
    """Say on standard error what was left out, a line each."""
    for problem in dict.fromkeys(map(str, problems)):
        click.echo(f"kit: left out {problem}", err=True)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print for a program to read.")
@plugin_files
@strictly
def plugins(as_json: bool, files: tuple[str, ...], strict: bool) -> None:
    """List the plugins there are, what each provides, and which were left out."""
    import json

    registry = open_registry(files, strict=strict)
    if as_json:
        click.echo(json.dumps(_listing(registry), indent=2))
        return
    rows = [("distribution", "version", "target", "parts")]
    rows += [(*astuple(source), _parts(registry, source)) for source in registry.sources]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        click.echo("  ".join(cells).rstrip())
    tell_problems(registry.problems)


@click.command()
@click.argument("kind")
@click.argument("name")
@plugin_files
def show(kind: str, name: str, files: tuple[str, ...]) -> None:
    """Show where a part comes from, and what it says about itself: kit show activation relu."""
    import inspect

    part = open_registry(files).part(kind, name)
    click.echo(f"{kind} {part.name}")
    click.echo(f"from   {part.source}")
    click.echo(f"file   {_place_of(part)}")
    click.echo(f"call   {_call(part)}")
    click.echo(f"\n{inspect.getdoc(part.factory) or 'It has no docstring.'}")


def _parts(registry: Registry, source: Source) -> str:
    words = [
        f"{part.kind}:{part.name}" + ("" if state == "ok" else f" ({state})")
        for part in registry.parts
        if part.source == source
        for state in [_state(registry, part)]
    ]
    return ", ".join(words)


def _state(registry: Registry, part: Part) -> str:
    claimants = registry.claimants(part.kind, part.name)
    if part not in claimants:
        return "hidden by a file"
    return "ok" if len(claimants) == 1 else "conflict"


def _listing(registry: Registry) -> list[dict[str, Any]]:
    def entry(source: Source, problem: str | None) -> dict[str, Any]:
        parts = [
            {"kind": part.kind, "name": part.name, "state": _state(registry, part)}
            for part in registry.parts
            if part.source == source
        ]
        found = {"distribution": source.project, "version": source.version}
        return {**found, "target": source.target, "parts": parts, "problem": problem}

    loaded = [entry(source, None) for source in registry.sources]
    return loaded + [entry(problem.source, problem.message) for problem in registry.problems]


def _place_of(part: Part) -> str:
    import inspect

    try:
        return (
            f"{inspect.getsourcefile(part.factory)}, line {inspect.getsourcelines(part.factory)[1]}"
        )
    except (OSError, TypeError):
        return "unknown: there is no Python source for it"


def _call(part: Part) -> str:
    import inspect

    name = getattr(part.factory, "__name__", repr(part.factory))
    try:
        return f"{name}{inspect.signature(part.factory)}"
    except (TypeError, ValueError):
        return name
