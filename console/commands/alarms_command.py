"""The command `alarms` with its subcommands and their options."""

from pathlib import Path

import click

from console.commands.options import COMMON, JSON, PAIR, set_verbosity


@click.group(invoke_without_command=True)
@COMMON
@JSON
@PAIR
@click.option("--all", "cleared", is_flag=True, help="Those that were cleared recently too.")
@click.pass_context
def alarms(
    context: click.Context, /, config: Path | None, verbose: int, as_json: bool, pair: str | None, cleared: bool
) -> int:
    """List the active alarms of the journal, the worst first. Exit status 1: they cannot be known."""
    set_verbosity(verbose)
    context.obj = config or context.obj
    if context.invoked_subcommand is not None:
        return 0
    from console.commands import alarms as command

    return command.listed(context.obj, pair, cleared=cleared, as_json=as_json)


@alarms.command()
@COMMON
@JSON
@click.option("--from", "start", metavar="T", help="Start time: -7d, 14:30, 2026-07-15 14:30Z. Default: a day ago.")
@click.option("--to", "end", metavar="T", help="End time. Default: now.")
@click.pass_obj
def kpi(
    outer: Path | None, config: Path | None, verbose: int, as_json: bool, start: str | None, end: str | None
) -> int:
    """Measure the alarms of a time range against ANSI/ISA-18.2. Exit status 1: a limit is exceeded."""
    set_verbosity(verbose)
    from console.commands import alarms as command

    return command.kpi(config or outer, start, end, as_json=as_json)


@alarms.command()
@COMMON
@click.argument("name", required=False)
@click.argument("plan", required=False)
@click.option("--remove", is_flag=True, help="Remove the planned silence NAME.")
@click.pass_obj
def silence(
    outer: Path | None, config: Path | None, verbose: int, name: str | None, plan: str | None, remove: bool
) -> int:
    """List the planned silences; with NAME and PLAN add one, for all consoles that share the journal.

    PLAN: "sat,sun 02:00-04:00; environment lab; reason" or "now to 4h; pair example-pair, kind link-down; reason".
    """
    set_verbosity(verbose)
    from console.commands import alarms as command

    return command.silence(config or outer, name, plan, remove=remove)
