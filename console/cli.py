"""The command line of `pairwatch`: its commands and their options.

An error is one line on standard error, `pairwatch: what happened: what to do`. The exit status is 2 for usage errors, 1
for failures, and 4 for an action that a guard refused. Each command imports only what it needs: the terminal, the
charts and the SNMP stack take longer to load than `status` takes to run.
"""

import importlib
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click

from console.actions.access import Access
from console.commands.add_command import add
from console.commands.alarms_command import alarms
from console.commands.archive_command import archive
from console.commands.exits import run_command
from console.commands.handover_command import handover, note
from console.commands.incident_command import incident
from console.commands.leases_command import leases
from console.commands.notify_command import notify
from console.commands.nrcmd_command import nrcmd
from console.commands.options import (
    ACTED,
    ASKED,
    COMMON,
    DEMO,
    ENVIRONMENT,
    FILE,
    FOLDER,
    IMPORTED,
    JSON,
    LINK,
    PAIR,
    PLAIN,
    PROGRAM,
    THEME,
    VERBOSE,
    VERSION,
    WATCH,
    WRITE,
    set_verbosity,
    themes_of,
)
from console.commands.runbook_command import runbook
from console.commands.web_command import web
from console.model.action_names import ActionName

ITSELF = (sys.executable, "-m", "console.cli")
"""The command that starts this program in another process."""


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@ENVIRONMENT
@VERBOSE
@VERSION
@PAIR
@LINK
@PLAIN
@WRITE
@WATCH
@click.pass_context
def pairwatch(
    context: click.Context,
    config: Path | None,
    verbose: int,
    theme: str | None,
    pair: str | None,
    place: str,
    find: str,
    plain: bool,
    write: bool | None,
    watch_only: bool,
) -> int:
    """A terminal console for DHCP failover pairs. Without a command it opens the console."""
    set_verbosity(verbose)
    # pydantic would read the metadata of every installed package to find plugins, which takes as long as loading it.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    context.obj, context.meta[PROGRAM] = config, ITSELF
    context.default_map = themes_of(pairwatch, theme)
    if context.invoked_subcommand is not None:
        return 0
    from console.state import garbage

    garbage.begin()
    if plain:
        from console.commands import plain as line_mode

        return line_mode.run(config, pair)
    from console.commands import opening

    try:
        access = Access.WATCH_ONLY if watch_only else Access.OPERATE
        return opening.open_console(config, theme, pair, write, ITSELF, opening.Link(place, find), access)
    except opening.DemoRequested:
        return int(context.invoke(demo))


@pairwatch.command()
@COMMON
@JSON
@click.argument("pair", required=False)
@click.pass_obj
def status(outer: Path | None, config: Path | None, verbose: int, as_json: bool, pair: str | None) -> int:
    """Poll once. Exit status as for monitoring plugins: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN."""
    set_verbosity(verbose)
    from console.commands import status as command

    return command.run(config or outer, pair, as_json)


@pairwatch.command(epilog=f"Actions: {', '.join(ActionName)}.")
@COMMON
@JSON
@WRITE
@click.argument("action", type=click.Choice([str(each) for each in ActionName]), metavar="ACTION")
@click.argument("pair")
@ACTED
@click.pass_obj
def act(
    outer: Path | None,
    config: Path | None,
    verbose: int,
    as_json: bool,
    write: bool | None,
    action: str,
    pair: str,
    server: str | None,
    date: str | None,
    use: str | None,
    absence: str | None,
    role: str | None,
    scopes: str | None,
    length: str | None,
    address: str | None,
    expert: bool,
    dry_run: bool,
    yes: bool,
    reason: str,
) -> int:
    """Run a guarded action from the shell, with the same guards as the console.

    Exit status 4: a guard refused it.
    """
    set_verbosity(verbose)
    from console.commands import act as command

    choices = {"use": use, "absence": absence, "role": role, "scopes": scopes}
    options = command.ActOptions(
        ActionName(action), pair, server, date, expert, dry_run, yes, reason, write, as_json, choices, length, address
    )
    return command.run(config or outer, options)


@pairwatch.command()
@COMMON
@JSON
@click.option(
    "--listen",
    metavar="ADDR:PORT",
    multiple=True,
    help="Address to listen on; may be repeated. Default: the configuration, else 127.0.0.1:1162.",
)
@click.option("--seconds", type=click.FloatRange(min=0), help="Stop after this time.")
@click.pass_obj
def traps(
    outer: Path | None,
    config: Path | None,
    verbose: int,
    as_json: bool,
    listen: tuple[str, ...],
    seconds: float | None,
) -> int:
    """Receive traps only: one line for each notification, counters at the end."""
    set_verbosity(verbose)
    from console.commands import traps as command

    return command.run(config or outer, listen, seconds, as_json)


@pairwatch.command()
@COMMON
@click.option("--seconds", type=click.FloatRange(min=0), help="Stop after this time.")
@click.pass_obj
def collect(outer: Path | None, config: Path | None, verbose: int, seconds: float | None) -> int:
    """Poll, receive traps and write the journal for all consoles that share it. One process at a time collects."""
    set_verbosity(verbose)
    from console.commands import collect as command
    from dhcpserver.runtime.supervision import Supervisor

    return command.run(config or outer, seconds, Supervisor.of_process())


@pairwatch.command()
@COMMON
@JSON
@THEME
@PAIR
@click.option(
    "--filter", "wanted", default="", metavar="TEXT", help="Show these lines only: words, level:warning, id:18101."
)
@click.option("--follow", is_flag=True, help="Continue with new lines as they are written.")
@click.argument("files", nargs=-1, type=FILE)
@click.pass_obj
def logs(
    outer: Path | None,
    config: Path | None,
    verbose: int,
    as_json: bool,
    theme: str | None,
    pair: str | None,
    wanted: str,
    follow: bool,
    files: tuple[Path, ...],
) -> int:
    """Show both partners' logs, or FILES, merged by time: on a screen, or printed if the output is not a terminal."""
    set_verbosity(verbose)
    from console.commands import logs as command

    return command.run(config or outer, command.LogsOptions(files, pair, wanted, follow, as_json, theme))


@pairwatch.command()
@COMMON
@THEME
@PAIR
@click.option("--from", "start", metavar="T", help="Start time: -2h, 14:30, 2026-07-15 14:30Z.")
@click.option("--to", "end", metavar="T", help="End time. Default: now.")
@click.argument("file", type=FILE, required=False)
@click.pass_obj
def replay(
    outer: Path | None,
    config: Path | None,
    verbose: int,
    theme: str | None,
    pair: str | None,
    start: str | None,
    end: str | None,
    file: Path | None,
) -> int:
    """Open the console on recorded observations: a time range of the journal, or a FILE."""
    set_verbosity(verbose)
    if file is not None and (start or end):
        raise click.UsageError("--from and --to cannot be used with a FILE: a file is always replayed whole")
    from console.commands import replay as command

    return command.run(config or outer, file, start, end, theme, pair, ITSELF)


@pairwatch.command(name="config")
@COMMON
@JSON
@click.option("--explain", is_flag=True, help="Show every setting: its meaning, its value and where it is set.")
@click.option("--keys", is_flag=True, help="List the keys with the names that [keys] uses to rebind them.")
@click.argument("setting", required=False)
@click.pass_obj
def configuration(
    outer: Path | None,
    config: Path | None,
    verbose: int,
    as_json: bool,
    explain: bool,
    keys: bool,
    setting: str | None,
) -> int:
    """Check the configuration, or explain all settings or one SETTING."""
    set_verbosity(verbose)
    from console.commands import configuration as command

    return command.run(config or outer, setting, explain=explain or setting is not None, keys=keys, as_json=as_json)


@pairwatch.command()
@COMMON
@JSON
@click.pass_obj
def doctor(outer: Path | None, config: Path | None, verbose: int, as_json: bool) -> int:
    """Check everything that the console depends on, and show how to correct each fault."""
    set_verbosity(verbose)
    from console.commands import doctor as command

    return command.run(config or outer, as_json)


for each in (add, alarms, archive, handover, incident, leases, note, notify, nrcmd, runbook, web):
    pairwatch.add_command(each)


@pairwatch.command()
@VERBOSE
@VERSION
@DEMO
@THEME
def demo(
    verbose: int = 0,
    headless: bool = False,
    folder: Path | None = None,
    seconds: float | None = None,
    scenario: str = "steady",
    mclt: int = 60,
    clients: int = 50,
    pool: int = 4096,
    theme: str | None = None,
) -> int:
    """Start a failover pair with DHCP clients on this host, and open the console on it."""
    set_verbosity(verbose)
    from console.commands import opening

    options = importlib.import_module("console.demo.options").DemoOptions(
        headless=headless, dir=folder, seconds=seconds, scenario=scenario, mclt=mclt, clients=clients, pool=pool
    )

    def open_console(config: Path) -> None:
        opening.open_console(config, theme, None, True, ITSELF)

    return int(importlib.import_module("console.demo.run").run(options, open_console, ITSELF[1:]))


@pairwatch.command()
@VERBOSE
@VERSION
@click.option("--data", type=FOLDER, help="The data directory.")
@click.option("--config", type=FILE, help="A configuration file, instead of the one in the data directory.")
@click.option("--check", is_flag=True, help="Check the configuration only. Exit status 1: it is wrong.")
@ASKED
def serve(verbose: int, data: Path | None, config: Path | None, check: bool, **asked: str | None) -> int:
    """Run one DHCP failover server in the foreground. SIGTERM stops it, SIGHUP reloads its configuration."""
    set_verbosity(verbose)
    if data is None and not (check and config):
        raise click.UsageError("--data is required" + (", or --config" if check else ""))
    if not check and any(asked.values()):
        raise click.UsageError("a client is a question of --check")
    server = importlib.import_module("dhcpserver.main")
    if not check:
        return int(server.serve(data, config))
    try:
        return int(server.check(data, config, server.Asked(**asked)))
    except server.QuestionError as error:
        raise click.UsageError(str(error)) from None


@pairwatch.command(name="who-had")
@VERBOSE
@VERSION
@JSON
@click.option("--data", type=FOLDER, required=True, help="The data directory of the server.")
@click.option(
    "--at", "when", default="now", metavar="TIME", help='A time: "2026-11-24 14:05", 14:05, -3d. Default: now.'
)
@click.argument("address")
def who_had(verbose: int, as_json: bool, data: Path, when: str, address: str) -> int:
    """Show who had an ADDRESS at a time, from the lease log of a server. Exit status 3: no client, or not known."""
    set_verbosity(verbose)
    from console.insight.dates import DateError, parse_date
    from console.state.zones import LocalZone

    try:
        at = parse_date(when, time.time(), LocalZone())
    except DateError as error:
        raise click.UsageError(str(error)) from None
    return int(importlib.import_module("dhcpserver.api.whohad").run(data, address, at, as_json=as_json))


@pairwatch.command(name="import")
@VERBOSE
@VERSION
@JSON
@IMPORTED
def import_files(
    verbose: int, as_json: bool, kind: str, configuration: Path, leases: Path | None, data: Path, name: str
) -> int:
    """Make a data directory from another server's CONFIGURATION, and list what could not be carried over.

    KIND: isc (dhcpd.conf), kea (kea-dhcp4.conf), windows (netsh dhcp server dump, or Export-DhcpServer).
    """
    set_verbosity(verbose)
    command = importlib.import_module("dhcpserver.migration.command")
    return int(command.run(command.Files(kind, configuration, leases, data, name), as_json=as_json))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command line, and return its exit status."""
    return run_command(pairwatch, arguments)


def main() -> NoReturn:
    """Run the command line of this process, and exit with its status."""
    sys.exit(run())


if __name__ == "__main__":
    main()
