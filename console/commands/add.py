"""`pairwatch add`: finds out what make of server answers at two addresses, and adds the pair to the configuration."""

import asyncio
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from console.errors import ConfigError, SourceError
from console.firstrun.adding import BOTH, NewPair, NewServer, add_pair, parse_setting, table_text
from console.firstrun.probe import ProbedServer, ServerAddress, api_address, probe
from console.makes.pairwatch.settings import PASSWORD_VARIABLE
from console.makes.recognising import CANDIDATES, Further
from console.makes.registry import PROFILES
from console.makes.settings import absolute
from console.makes.tls import TlsSettings, fingerprint_of
from console.settings import paths

ROLES = ("main", "backup")
TLS = ("ca_file", "client_certificate", "client_key")
CHOOSING = frozenset({"service"})
"""Settings that decide what is asked at an address."""


@dataclass(frozen=True, slots=True)
class AddOptions:
    """The options of `add`, as typed. `servers`: two addresses, or two names for a make that is not asked."""

    servers: tuple[str, str]
    name: str | None
    make: str | None
    environment: str
    user: str | None
    password_file: Path | None
    settings: tuple[str, ...]
    write: bool
    dry_run: bool


def run(config: Path | None, options: AddOptions) -> int:
    """Add the pair. Raises SourceError where the servers cannot be asked, ConfigError where the file would be wrong."""
    path = config or paths.config_file()
    try:
        given = [parse_setting(each) for each in options.settings]
    except ValueError as wrong:
        raise click.UsageError(f"--set: {wrong}") from wrong
    own = {role: {key: value for at, key, value in given if at in (BOTH, role)} for role in ROLES}
    if options.make is None or options.make in CANDIDATES:
        pair = _asked(path.parent, options, own)
    else:
        pair = _named(options, own)
    if options.dry_run:
        click.echo(table_text(pair), nl=False)
        return 0
    add_pair(path, pair)
    click.echo(f"added the pair {pair.name} ({PROFILES[pair.make].title}) to {path}; check it with 'pairwatch doctor'")
    return 0


def _named(options: AddOptions, own: dict[str, dict[str, Any]]) -> NewPair:
    """A pair of a make that is not asked here: the servers by their names, the main first."""
    if options.name is None:
        raise click.UsageError(f"--name is missing: servers of make {options.make} are not asked for the pair's name")
    servers = tuple(NewServer(server, role, own[role]) for server, role in zip(options.servers, ROLES, strict=True))
    return NewPair(options.name, str(options.make), (servers[0], servers[1]), options.environment, options.write)


def _asked(folder: Path, options: AddOptions, own: dict[str, dict[str, Any]]) -> NewPair:
    try:
        apis = [api_address(each) for each in options.servers]
    except ValueError as wrong:
        raise click.UsageError(str(wrong)) from wrong
    password = _password(folder, options)
    files = {name: absolute(folder, _path(own, name)) for name in TLS}
    printed = own["main"].get("fingerprint")
    tls = TlsSettings(
        files["ca_file"],
        None if printed is None else fingerprint_of(str(printed)),
        files["client_certificate"],
        files["client_key"],
    )
    user = options.user or ""
    addresses = ServerAddress(apis[0], user, password, tls), ServerAddress(apis[1], user, password, tls)
    further: Further = {name: str(value) for name, value in own["main"].items() if name in CHOOSING}
    result = asyncio.run(probe(addresses, time.time, options.make, further or None))
    for line in result.lines:
        click.echo(line, err=True)
    found = result.found
    if found is None:
        raise SourceError(result.fault or "the servers are not a pair")
    servers = [
        NewServer(each.name, each.role, _settings(each, options, own[each.role])) for each in (found.main, found.backup)
    ]
    name = options.name if options.name is not None and _may_be_named(found.make) else found.pair
    if options.name not in (None, name):
        raise ConfigError(f"the servers call the pair {name}: a Pairwatch pair keeps its name; leave out --name")
    return NewPair(name, found.make, (servers[0], servers[1]), options.environment, options.write)


def _may_be_named(make: str) -> bool:
    """Whether the servers of the make do not name the pair."""
    return CANDIDATES[make].by_partner or CANDIDATES[make].by_order


def _settings(server: ProbedServer, options: AddOptions, own: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"api": server.address.api}
    if server.address.user:
        found["user"] = server.address.user
    if options.password_file is not None:
        found["password_file"] = str(options.password_file)
    return {**found, **server.further, **own}


def _password(folder: Path, options: AddOptions) -> str:
    if options.password_file is None:
        return os.environ.get(PASSWORD_VARIABLE, "")
    path = folder / options.password_file.expanduser()
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot read the password file {path}: {error}") from error


def _path(own: dict[str, dict[str, Any]], name: str) -> Path | None:
    found = own["main"].get(name)
    return None if found is None else Path(str(found))
