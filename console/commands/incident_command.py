"""The commands `incident save` and `incident export` with their options."""

from pathlib import Path

import click

from console.commands.options import COMMON, FILE, FOLDER, PAIR, THEME, VERBOSE, VERSION, set_verbosity


@click.group()
def incident() -> None:
    """Save recorded observations to one file, and write a report about them."""


@incident.command()
@COMMON
@click.option("--from", "start", metavar="T", help="Start time: -2h, 14:30, 2026-07-15 14:30Z. Default: an hour ago.")
@click.option("--to", "end", metavar="T", help="End time. Default: now.")
@click.option("--dir", "folder", type=FOLDER, help="The folder for the file.")
@click.option("--note", default="", metavar="TEXT", help="A note for the reader of the file.")
@click.argument("pair", required=False)
@click.pass_obj
def save(
    outer: Path | None,
    config: Path | None,
    verbose: int,
    start: str | None,
    end: str | None,
    folder: Path | None,
    note: str,
    pair: str | None,
) -> int:
    """Save a pair's recorded observations to one file. `pairwatch replay FILE` opens it on any host."""
    set_verbosity(verbose)
    from console.commands import incident as command

    return command.save(config or outer, pair, start, end, folder, note)


@incident.command()
@VERBOSE
@VERSION
@THEME
@PAIR
@click.option("--dir", "folder", type=FOLDER, help="The folder for the page. Default: next to the file.")
@click.argument("file", type=FILE)
def export(verbose: int, theme: str | None, pair: str | None, folder: Path | None, file: Path) -> int:
    """Write a page of Markdown with pictures about a recording, for the post-mortem."""
    set_verbosity(verbose)
    from console.commands import incident as command

    return command.export(file, folder, theme, pair)
