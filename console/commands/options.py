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


FILE = click.Path(path_type=Path, dir_okay=False)
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
WRITE = click.option("--write/--read-only", default=None, help="Allow actions or not, overriding the configuration.")
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
)
"""A client in a question to `serve --check`."""


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
