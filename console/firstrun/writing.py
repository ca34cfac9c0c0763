"""Writes the first configuration and its password files, readable by their owner only."""

import os
from pathlib import Path

import tomlkit

from console.errors import ConfigError
from console.firstrun.probe import ProbedPair, ProbedServer
from console.makes.registry import DEFAULT
from console.settings.document import load
from console.settings.paths import file_word

PRIVATE = 0o600


def configuration_text(found: ProbedPair, environment: str, write: bool) -> str:
    """The text of the file. Names from the servers are quoted as TOML, so that no text can break the file."""
    document = tomlkit.document()
    document.add(tomlkit.comment("All settings: pairwatch config --explain. Check this file: pairwatch doctor."))
    pairs = tomlkit.aot()
    pairs.append(_pair(found, environment, write))
    document.add("pair", pairs)
    return tomlkit.dumps(document)


def _pair(found: ProbedPair, environment: str, write: bool) -> tomlkit.items.Table:
    pair = tomlkit.table()
    pair.add("name", found.pair)
    if found.make != DEFAULT:
        pair.add("make", found.make)
    pair.add("environment", environment)
    allowed = tomlkit.item(write)
    allowed.comment("true: the console may run actions")
    pair.add("write", allowed)
    servers = tomlkit.aot()
    for server in (found.main, found.backup):
        servers.append(_table(server))
    pair.add("server", servers)
    return pair


def _table(server: ProbedServer) -> tomlkit.items.Table:
    table = tomlkit.table()
    table.add("name", server.name)
    table.add("role", server.role)
    table.add("api", server.address.api)
    if server.address.user:
        table.add("user", server.address.user)
        table.add("password_file", password_file(server))
    for name, value in server.further.items():
        table.add(name, value)
    return table


def password_file(server: ProbedServer) -> str:
    """The name of its password file: `dhcp-a.password`."""
    return file_word(server.name, server.role) + ".password"


def write_configuration(path: Path, found: ProbedPair, environment: str, allowed: bool) -> None:
    """Write the configuration at `path` and the passwords next to it. Raises ConfigError.

    An existing file is never replaced.
    """
    files = {
        path.parent / password_file(each): each.address.password + "\n"
        for each in (found.main, found.backup)
        if each.address.user
    }
    files[path] = configuration_text(found, environment, allowed)
    there = [each for each in files if each.exists()]
    if there:
        raise ConfigError(f"{there[0]} exists already and was not changed: move it away first")
    made: list[Path] = []
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for each, text in files.items():
            descriptor = os.open(each, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE)
            made.append(each)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
        load(path)
    except (OSError, ConfigError) as error:
        for each in made:
            each.unlink(missing_ok=True)
        if isinstance(error, ConfigError):
            raise
        raise ConfigError(f"cannot write {error.filename}: {error.strerror or error}") from error
