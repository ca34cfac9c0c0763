"""`pairwatch runbook` with its commands and options."""

from pathlib import Path

import click

from console.commands.options import COMMON, JSON, set_verbosity

BOOK = click.argument("book", metavar="RUNBOOK")
PAIR = click.argument("pair")


@click.group()
def runbook() -> None:
    """Follow a runbook from the shell: the same steps, conditions and actions as on the screen."""


@runbook.command(name="list")
@COMMON
@JSON
@PAIR
@click.pass_obj
def list_books(outer: Path | None, config: Path | None, verbose: int, as_json: bool, pair: str) -> int:
    """List the runbooks: those that are active first, then those that fit the pair best."""
    set_verbosity(verbose)
    from console.commands import runbook as command

    return command.list_books(config or outer, pair, as_json=as_json)


@runbook.command()
@COMMON
@JSON
@BOOK
@PAIR
@click.pass_obj
def show(outer: Path | None, config: Path | None, verbose: int, as_json: bool, book: str, pair: str) -> int:
    """Show the steps, what the servers report about them, and what the next one waits for."""
    set_verbosity(verbose)
    from console.commands import runbook as command

    return command.show(config or outer, book, pair, as_json=as_json)


@runbook.command()
@COMMON
@BOOK
@PAIR
@click.pass_obj
def start(outer: Path | None, config: Path | None, verbose: int, book: str, pair: str) -> int:
    """Start a runbook: every console shows it, and its steps are recorded."""
    set_verbosity(verbose)
    from console.commands import runbook as command

    return command.start(config or outer, book, pair)


@runbook.command()
@COMMON
@JSON
@click.option("--date", metavar="DATE", help="For Set Partner Down: when the partner was last operational.")
@click.option("--dry-run", is_flag=True, help="Print guards and consequences, and change nothing.")
@click.option("--yes", is_flag=True, help="Confirm, without a prompt, what only a person can verify.")
@click.option("--reason", default="", metavar="TEXT", help="The reason, for the audit log.")
@click.option("--write/--read-only", default=None, help="Allow the action or not, overriding the configuration.")
@BOOK
@PAIR
@click.pass_obj
def act(
    outer: Path | None,
    config: Path | None,
    verbose: int,
    as_json: bool,
    date: str | None,
    dry_run: bool,
    yes: bool,
    reason: str,
    write: bool | None,
    book: str,
    pair: str,
) -> int:
    """Run the guarded action of the present step. Exit status 4: a guard refused it."""
    set_verbosity(verbose)
    from console.commands import runbook as command

    return command.act(config or outer, book, pair, command.How(date, dry_run, yes, reason, write, as_json))


@runbook.command()
@COMMON
@click.option("--yes", is_flag=True, help="Also where the servers do not report that it is done: that is recorded.")
@BOOK
@PAIR
@click.pass_obj
def done(outer: Path | None, config: Path | None, verbose: int, yes: bool, book: str, pair: str) -> int:
    """Mark the present step as done. Exit status 4: it is a gate, which opens by its condition alone."""
    set_verbosity(verbose)
    from console.commands import runbook as command

    return command.done(config or outer, book, pair, vouched=yes)


@runbook.command()
@COMMON
@click.option("--reason", required=True, metavar="TEXT", help="Why it is not done.")
@BOOK
@PAIR
@click.pass_obj
def skip(outer: Path | None, config: Path | None, verbose: int, reason: str, book: str, pair: str) -> int:
    """Skip the present step. Exit status 4: it is a gate."""
    set_verbosity(verbose)
    from console.commands import runbook as command

    return command.skip(config or outer, book, pair, reason)


@runbook.command()
@COMMON
@BOOK
@PAIR
@click.pass_obj
def undo(outer: Path | None, config: Path | None, verbose: int, book: str, pair: str) -> int:
    """Take back the mark that a person made last."""
    set_verbosity(verbose)
    from console.commands import runbook as command

    return command.undo(config or outer, book, pair)


@runbook.command()
@COMMON
@BOOK
@PAIR
@click.pass_obj
def end(outer: Path | None, config: Path | None, verbose: int, book: str, pair: str) -> int:
    """End a runbook, complete or not. Its marks are removed; no server is changed."""
    set_verbosity(verbose)
    from console.commands import runbook as command

    return command.end(config or outer, book, pair)
