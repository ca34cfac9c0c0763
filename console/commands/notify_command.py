"""The command `notify` with its options."""

from pathlib import Path

import click

from console.commands.options import COMMON, set_verbosity


@click.command()
@COMMON
@click.option("--test", is_flag=True, help="Send a test message.")
@click.argument("name", required=False)
@click.pass_obj
def notify(outer: Path | None, config: Path | None, verbose: int, test: bool, name: str | None) -> int:
    """List the configured notifications. With --test, send a test message through all of them, or through NAME."""
    set_verbosity(verbose)
    from console.commands import notify as command

    return command.run(config or outer, name, test)
