"""`pairwatch archive`: archives of the data directory of a server (dhcpserver/storage/archive.py)."""

import importlib
import json
import time
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from console.commands.options import FILE, FOLDER, JSON, VERBOSE, VERSION, options, set_verbosity
from console.errors import ConsoleError

DATA = click.option("--data", type=FOLDER, required=True, help="The data directory of the server.")
ARCHIVE = click.argument("file", type=FILE)
SHOWN = options(JSON, VERBOSE, VERSION)


@click.group()
def archive() -> None:
    """Archive or restore the data directory of a server that is stopped."""


@archive.command()
@DATA
@SHOWN
@ARCHIVE
def create(data: Path, as_json: bool, verbose: int, file: Path) -> int:
    """Archive the configuration, the leases, the failover state and the logs into a new FILE.

    It has passwords and keys; only its owner can read it.
    """
    set_verbosity(verbose)
    module, fault = _archives()
    try:
        made = module.create(data, file, time.time(), version("pairwatch"))
    except fault as error:
        raise ConsoleError(str(error)) from None
    _show(made, as_json, f"archived {data} in {file}")
    return 0


@archive.command()
@DATA
@click.option("--replace", is_flag=True, help="Rename a data directory that is there already. It is kept.")
@SHOWN
@ARCHIVE
def restore(data: Path, replace: bool, as_json: bool, verbose: int, file: Path) -> int:
    """Make the data directory what it was when FILE was made.

    The leases are then older than what the partner has received. Start the server while the partner is running: it
    recognises the older copy and sends what has happened since.
    """
    set_verbosity(verbose)
    module, fault = _archives()
    try:
        made, former = module.restore(file, data, time.time(), replaces=replace)
    except fault as error:
        raise ConsoleError(str(error)) from None
    kept = "" if former is None else f"; what was there is now {former}"
    _show(made, as_json, f"restored {data} from {file}{kept}")
    return 0


@archive.command()
@SHOWN
@ARCHIVE
def show(as_json: bool, verbose: int, file: Path) -> int:
    """Check FILE, and list what it has."""
    set_verbosity(verbose)
    module, fault = _archives()
    try:
        made = module.read(file)
    except fault as error:
        raise ConsoleError(str(error)) from None
    _show(made, as_json, f"{file} is complete")
    return 0


def _archives() -> tuple[Any, type[Exception]]:
    """The module of the server, and its error."""
    module = importlib.import_module("dhcpserver.storage.archive")
    return module, module.ArchiveError


def _show(made: Any, as_json: bool, what: str) -> None:
    if as_json:
        click.echo(json.dumps(asdict(made)))
        return
    at = datetime.fromtimestamp(made.made).astimezone()
    click.echo(f"{what}: {len(made.entries)} files, {made.octets:,} octets, made {at:%Y-%m-%d %H:%M:%S %z}")
    for each in made.entries:
        click.echo(f"  {each.size:>14,}  {each.name}")
