"""The end of a command: its exit status, and its errors as one line each on standard error."""

from collections.abc import Sequence

import click

from console.errors import ConsoleError

INTERRUPTED = 130
"""The exit status that a shell gives to an interrupted command."""


def run_command(group: click.Group, arguments: Sequence[str] | None) -> int:
    """Run one command line of the group, and return its exit status."""
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


def _print_errors(*lines: str) -> None:
    for line in lines:
        click.echo(f"pairwatch: {' '.join(line.split())}", err=True)
