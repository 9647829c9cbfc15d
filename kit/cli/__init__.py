"""The command `kit`: one file a kind of user, and how every command ends.

A mistake is told in one line, `kit: message`, on standard error. Exit codes: 2 for what was asked
wrongly, 1 for a check that failed, 0 otherwise.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NoReturn

import click

from kit import __version__
from kit.cli import check, doctor, explanation, instructor, records, selftest, student
from kit.cli.extras import missing_extra
from kit.errors import KitError

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, invoke_without_command=True)
@click.version_option(__version__, prog_name="kit")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.", expose_value=False)
@click.pass_context
def kit(context: click.Context) -> None:
    """Learn backpropagation by writing it, and grade it without trusting it."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


for _file in (student, check, explanation, instructor, records, doctor, selftest):
    for _command in _file.COMMANDS:
        kit.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command and leave with its exit code; never returns."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    try:
        code = kit.main(args=list(arguments), prog_name="kit", standalone_mode=False)
    except click.ClickException as error:
        _complain(error.format_message())
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _complain("stopped")
        sys.exit(130)
    except Exception as error:
        if "--debug" in arguments:
            raise
        if missing := missing_extra(error):
            _complain(missing)
            sys.exit(2)
        _complain(_say(error))
        sys.exit(getattr(error, "exit_code", 1))
    sys.exit(code if isinstance(code, int) else 0)


def _say(error: Exception) -> str:
    if isinstance(error, KitError):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.strerror or error}" + (f": {error.filename}" if error.filename else "")
    return f"unexpected {type(error).__name__}: {error} (kit --debug ... shows where)"


def _complain(message: str) -> None:
    click.echo(f"kit: {message}", err=True)
