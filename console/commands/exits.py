"""The end of a command: its exit status, and its errors as one line each on standard error."""

import logging
import sys
from collections.abc import Sequence

import click

from console.errors import ConsoleError

PLUGIN = "status"
"""The command that monitoring systems run."""
UNKNOWN_STATUS = 3
INTERRUPTED = 130
"""The exit status that a shell gives to an interrupted command."""


def run_command(group: click.Group, arguments: Sequence[str] | None) -> int:
    """Run one command line of the group, and return its exit status.

    A monitoring plugin has one line on standard output and the status 3 for everything that it cannot do.
    """
    if _command(group, arguments) == PLUGIN:
        return _run_plugin(group, arguments)
    try:
        result = group.main(arguments, prog_name="pairwatch", standalone_mode=False)
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx is not None else "pairwatch"
        _print_errors(f"{error.format_message()}: see '{where} --help'")
        return error.exit_code
    except click.ClickException as error:
        _print_errors(error.format_message())
        return error.exit_code
    except click.Abort:
        return INTERRUPTED
    except KeyboardInterrupt:
        return INTERRUPTED
    except ConsoleError as error:
        _print_errors(*error.lines)
        return error.exit_status
    return result if isinstance(result, int) else 0


def _command(group: click.Group, arguments: Sequence[str] | None) -> str | None:
    given = sys.argv[1:] if arguments is None else arguments
    return next((each for each in given if each in group.commands), None)


def _run_plugin(group: click.Group, arguments: Sequence[str] | None) -> int:
    try:
        result = group.main(arguments, prog_name="pairwatch", standalone_mode=False)
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx is not None else "pairwatch"
        return _unknown(f"{error.format_message()}: see '{where} --help'")
    except click.ClickException as error:
        return _unknown(error.format_message())
    except (click.Abort, KeyboardInterrupt):
        return _unknown("interrupted before the servers answered")
    except ConsoleError as error:
        return _unknown(*error.lines)
    except Exception as error:
        # A plugin that ends with a traceback has the exit status of a warning.
        logging.getLogger(__name__).debug("status failed", exc_info=True)
        return _unknown(f"pairwatch failed, please report it: {type(error).__name__}: {error}")
    return result if isinstance(result, int) else 0


def _unknown(*lines: str) -> int:
    words = [" ".join(line.split()).replace("|", "/") for line in lines]
    click.echo(f"UNKNOWN - {words[0] if words else 'no reason given'}")
    for line in words[1:]:
        click.echo(line)
    _print_errors(*lines)
    return UNKNOWN_STATUS


def _print_errors(*lines: str) -> None:
    for line in lines:
        click.echo(f"pairwatch: {' '.join(line.split())}", err=True)
