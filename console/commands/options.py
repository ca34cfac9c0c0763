"""The options that several commands share."""

import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from console.settings.environment import CONFIG_VARIABLE, THEME_VARIABLE

Command = TypeVar("Command", bound=Callable[..., Any])


def options(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    def apply(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return apply


PROGRAM = "pairwatch.program"
"""The key of the context's `meta` with the command that starts this program in another process."""
FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)
CONFIG_HELP = "The configuration file (pairwatch.toml)."
CONFIG = click.option("--config", type=FILE, help=CONFIG_HELP)
VERBOSE = click.option("-v", "--verbose", count=True, help="More messages on standard error; twice for all of them.")
VERSION = click.version_option(package_name="pairwatch", prog_name="pairwatch", message="%(prog)s %(version)s")
JSON = click.option("--json", "as_json", is_flag=True, help="JSON instead of text.")
THEME = click.option("--theme", metavar="NAME", help="The colour theme.")
ENVIRONMENT = options(
    click.option("--config", type=FILE, help=CONFIG_HELP, envvar=CONFIG_VARIABLE, show_envvar=True),
    click.option("--theme", metavar="NAME", help="The colour theme.", envvar=THEME_VARIABLE, show_envvar=True),
)
"""--config and --theme of `pairwatch` itself, which hands them on to its commands; their own options have priority."""
PAIR = click.option("--pair", metavar="NAME", help="The pair to show first.")
LINK = options(
    click.option("--place", default="", metavar="NAME", help="The place to open first: alarms, lease, logs, ..."),
    click.option("--find", default="", metavar="TEXT", help="With --place lease or logs: what to look for."),
)
"""Where `pairwatch` opens."""
PLAIN = click.option(
    "--plain", is_flag=True, help="One line of text for each change, without a screen: for screen readers."
)
WRITE = click.option("--write/--read-only", default=None, help="Allow actions or not, overriding the configuration.")
WATCH = click.option(
    "--watch-only", is_flag=True, help="Nothing can be changed: no action, no note, no alarm, no file."
)
COMMON = options(CONFIG, VERBOSE, VERSION)
ASKED = options(
    click.option(
        "--client", metavar="MAC", help="With --check: show what this client would get. Status 3: no address."
    ),
    click.option("--client-id", metavar="HEX", help="The client identifier (option 61) of --client."),
    click.option("--relay", metavar="ADDRESS", help="The relay (giaddr) of --client. Default: it is on the link."),
    click.option("--class", "vendor_class", metavar="TEXT", help="The vendor class (option 60) of --client."),
    click.option(
        "--options", metavar="1,3,6", help="The options that --client requests (option 55), by number or name."
    ),
    click.option("--circuit-id", metavar="TEXT", help="The circuit ID (option 82) of --client; or hex:OCTETS."),
    click.option("--remote-id", metavar="TEXT", help="The remote ID (option 82) of --client; or hex:OCTETS."),
)
"""A client in a question to `serve --check`."""
DEMO = options(
    click.option("--headless", is_flag=True, help="Run without the console."),
    click.option("--dir", "folder", type=FOLDER, help="Keep all files there."),
    click.option("--seconds", type=click.FloatRange(min=0), help="Stop after this time."),
    click.option("--scenario", default="steady", metavar="NAME", help="The fault to simulate."),
    click.option("--mclt", type=click.IntRange(min=1), default=60, show_default=True, help="Seconds."),
    click.option(
        "--clients",
        type=click.IntRange(min=0),
        default=50,
        show_default=True,
        help="DHCPv4 clients, with half as many of DHCPv6; 0 for none.",
    ),
    click.option(
        "--pool", type=click.IntRange(min=1), default=4096, show_default=True, help="Number of addresses in scope wifi."
    ),
)
"""What `demo` starts."""
IMPORTED = options(
    click.option(
        "--leases", type=FILE, help="The file with its leases (isc, kea). Windows has them in its XML export."
    ),
    click.option("--data", type=FOLDER, required=True, help="The new data directory."),
    click.option("--name", default="dhcp-a", show_default=True, metavar="NAME", help="The name of the new server."),
    click.argument("kind", type=click.Choice(["isc", "kea", "windows"])),
    click.argument("configuration", type=FILE),
)
"""What `import` reads, and where the result goes."""
ACTED = options(
    click.option("--on", "server", metavar="SERVER", help="The server that runs the action. Default: see the action."),
    click.option(
        "--date", metavar="DATE", help="When the partner was last operational: -20m, 14:30, 2026-07-15 14:30Z."
    ),
    click.option("--use", type=click.Choice(["off", "on"]), help="For use-safe-period and failover: the new setting."),
    click.option("--role", type=click.Choice(["main", "backup"]), help="For role: the server's new role."),
    click.option("--absence", type=click.Choice(["short", "long"]), help="For stop: how long the server will be down."),
    click.option("--scopes", type=click.Choice(["own", "both", "none"]), help="For set-scopes: whose clients."),
    click.option(
        "--for",
        "length",
        metavar="TIME",
        help="For extend-safe-period: 6h, 90m, from the loss of contact; for disable-service: 10m, from now.",
    ),
    click.option("--address", metavar="A.B.C.D", help="For force-available and reconfigure: the address."),
    click.option(
        "--expert",
        is_flag=True,
        help="Allow what is refused otherwise: a date before contact was lost, the end of a recovery, scopes by hand.",
    ),
    click.option("--dry-run", is_flag=True, help="Print guards and consequences, and change nothing."),
    click.option("--yes", is_flag=True, help="Confirm, without a prompt, what only a person can verify."),
    click.option("--reason", default="", metavar="TEXT", help="The reason, for the audit log."),
)
"""What `act` needs beside the action and the pair."""


LISTED = options(
    click.option("--scope", metavar="NAME", help="Only this scope."),
    click.option("--address", default="", metavar="PREFIX", help="The address begins with this."),
    click.option("--mac", default="", metavar="HEX", help="The hardware address contains these octets."),
    click.option("--client-id", default="", metavar="HEX", help="The client identifier contains these octets."),
    click.option("--name", default="", metavar="TEXT", help="The host name or the full name contains this."),
    click.option("--relay-info", default="", metavar="HEX", help="The relay information (option 82) contains these."),
    click.option("--state", default="", metavar="WORD", help="The state at one server: leased, expired, ..."),
    click.option("--alone", is_flag=True, help="Given or extended since contact was lost."),
    click.option("--differing", is_flag=True, help="The records of the servers contradict each other."),
)
"""Which leases `leases` lists."""


def set_verbosity(verbose: int) -> None:
    """Set what is logged to standard error: nothing by default, information with -v, everything with -vv."""
    if verbose:
        level = logging.DEBUG if verbose > 1 else logging.INFO
        logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr, force=True)


def themes_of(group: click.Group, theme: str | None) -> dict[str, Any]:
    """The default of --theme for every command of the group that has it, in the form of click's `default_map`."""
    found: dict[str, Any] = {}
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            found[name] = themes_of(command, theme)
        elif any(option.name == "theme" for option in command.params):
            found[name] = {"theme": theme}
    return found
