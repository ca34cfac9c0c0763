"""The command `add` with its options."""

from pathlib import Path

import click

from console.commands.options import COMMON, FILE, set_verbosity


@click.command()
@COMMON
@click.option("--name", metavar="NAME", help="The name of the pair, where its servers have none for it.")
@click.option("--make", metavar="MAKE", help="The make of the servers. Default: found out by asking them.")
@click.option("--environment", default="", metavar="WORD", help="A word such as production, shown on every screen.")
@click.option("--user", metavar="NAME", help="The user to ask as, if the servers require one.")
@click.option(
    "--password-file", type=FILE, help="The file with the password, relative to the configuration. It is not copied."
)
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="KEY=VALUE",
    help="A further setting of both servers; main.KEY=VALUE of one.",
)
@click.option("--write", is_flag=True, help="Allow actions on the pair from here.")
@click.option("--dry-run", is_flag=True, help="Print the table, and change nothing.")
@click.argument("one")
@click.argument("other")
@click.pass_obj
def add(
    outer: Path | None,
    config: Path | None,
    verbose: int,
    name: str | None,
    make: str | None,
    environment: str,
    user: str | None,
    password_file: Path | None,
    settings: tuple[str, ...],
    write: bool,
    dry_run: bool,
    one: str,
    other: str,
) -> int:
    """Add the pair whose servers answer at ONE and OTHER to the configuration, which keeps its comments.

    Names and roles come from the servers. Of a make that is not asked, ONE is the main's name and OTHER the backup's.
    """
    set_verbosity(verbose)
    from console.commands import add as command

    options = command.AddOptions((one, other), name, make, environment, user, password_file, settings, write, dry_run)
    return command.run(config or outer, options)
