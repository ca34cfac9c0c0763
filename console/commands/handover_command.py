"""The commands `handover` and `note` with their options."""

from pathlib import Path

import click

from console.commands.options import COMMON, FILE, THEME, set_verbosity


@click.command()
@COMMON
@THEME
@click.option("--since", metavar="T", help="The start of the shift: -8h, 06:00. Default: eight hours ago.")
@click.option("--html", "page", type=FILE, help="Write one HTML file with pictures there, instead of Markdown.")
@click.argument("pair", required=False)
@click.pass_obj
def handover(
    outer: Path | None,
    config: Path | None,
    verbose: int,
    theme: str | None,
    since: str | None,
    page: Path | None,
    pair: str | None,
) -> int:
    """Print the handover to the next shift: open alarms, owners, countdowns, actions, dangers and notes.

    Exit status 1: something of it is not known.
    """
    set_verbosity(verbose)
    from console.commands import handover as command

    return command.run(config or outer, pair, since, page, theme)


@click.command()
@COMMON
@click.option("--remove", metavar="ID", help="Remove the note with this id.")
@click.argument("pair")
@click.argument("text", required=False)
@click.pass_obj
def note(outer: Path | None, config: Path | None, verbose: int, remove: str | None, pair: str, text: str | None) -> int:
    """Pin a note to PAIR for all consoles that share the journal; without TEXT list its notes with their ids."""
    set_verbosity(verbose)
    from console.commands import handover as command

    return command.note(config or outer, pair, text, remove)
