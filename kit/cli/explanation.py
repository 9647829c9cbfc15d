"""What a student types after a failed check: kit explain."""

from __future__ import annotations

import re
import textwrap

import click

_CHECK = re.compile(r"(?:test_(?P<file>\w+)\.py::)?test_(?P<words>\w+)")
_METHODS = {"backward": "backward", "forward": "forward", "start": "__init__", "starts": "__init__"}
_WHOLE = "accuracy"
_SHARED = {"activations", "losses", "layers"}  # files of public tests, which name the part first


@click.command()
@click.argument("check", required=False)
def explain(check: str | None) -> None:
    """Tell more about CHECK: a misconception that a message names, or a method as in relu.backward.

    Without CHECK, list the misconceptions.
    """
    from kit.testing.diagnosis import explain as note_on
    from kit.testing.diagnosis.catalogue import misconceptions

    if check:
        click.echo(note_on(_topic(check)))
        return
    for each in misconceptions().values():
        click.echo(f"{each.name}\n{textwrap.indent(textwrap.fill(each.looks_like, 96), '    ')}")


def _topic(check: str) -> str:
    """Return what a note is about; of the id of a check, the method that it looks at."""
    found = _CHECK.search(check)
    if not found:
        return check
    first, *words = found["words"].split("_")
    part = first if found["file"] in {None, *_SHARED} else found["file"]
    if part == _WHOLE or "network" in words:
        return _WHOLE
    method = next((_METHODS[word] for word in (first, *words) if word in _METHODS), "")
    return f"{part}.{method}".removesuffix(".")


COMMANDS: tuple[click.Command, ...] = (explain,)
