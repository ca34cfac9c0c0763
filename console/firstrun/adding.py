"""Adds a pair to a configuration that exists: its comments and its order stay, and a file that would be wrong is never
written."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from console.errors import ConfigError
from console.makes.registry import DEFAULT
from console.settings.document import load

BOTH = "both"
"""The place of a setting of both servers."""


@dataclass(frozen=True, slots=True)
class NewServer:
    """One server as it goes into the file. `settings` are those that its make has beyond name and role."""

    name: str
    role: str
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewPair:
    """A pair as it goes into the file, the main server first."""

    name: str
    make: str
    servers: tuple[NewServer, NewServer]
    environment: str = ""
    write: bool = False


def parse_setting(text: str) -> tuple[str, str, Any]:
    """`KEY=VALUE`, or `main.KEY=VALUE` for one server: the role or BOTH, the key and the value, which is TOML or else a
    text. Raises ValueError."""
    key, equals, value = text.partition("=")
    role, dot, name = key.strip().partition(".")
    if not dot:
        role, name = BOTH, role
    if not equals or not name or role not in (BOTH, "main", "backup"):
        raise ValueError(f"{text!r} is not a valid setting: write KEY=VALUE, main.KEY=VALUE or backup.KEY=VALUE")
    try:
        return role, name, tomlkit.parse(f"value = {value.strip()}")["value"].unwrap()
    except TOMLKitError:
        return role, name, value.strip()


def table_text(pair: NewPair) -> str:
    """The table of the pair alone."""
    document = tomlkit.document()
    pairs = tomlkit.aot()
    pairs.append(_table(pair))
    document.add("pair", pairs)
    return tomlkit.dumps(document)


def text_with(text: str, pair: NewPair) -> str:
    """The text of a configuration with the pair behind its other pairs. Raises ConfigError."""
    try:
        document = tomlkit.parse(text)
    except TOMLKitError as wrong:
        raise ConfigError(f"the file is not TOML, and nothing was added: {wrong}") from wrong
    pairs = document.get("pair")
    if pairs is None:
        pairs = tomlkit.aot()
        document.add("pair", pairs)
    if not isinstance(pairs, tomlkit.items.AoT):
        raise ConfigError("the pairs of the file are not [[pair]] tables: add the pair by hand")
    pairs.append(_table(pair))
    return tomlkit.dumps(document)


def add_pair(path: Path, pair: NewPair) -> None:
    """Add the pair to the file at `path`, which is created if it does not exist. Raises ConfigError; the file is then
    as it was."""
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot read {path}: {error}") from error
    wanted = text_with(text, pair)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    new = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(wanted)
        # Its relative paths are those of the folder, so the new file is checked where it will be.
        load(new)
        if path.exists():
            shutil.copymode(path, new)
        os.replace(new, path)
    except ConfigError as wrong:
        raise ConfigError(*(line.replace(str(new), str(path)) for line in wrong.lines)) from wrong
    except OSError as error:
        raise ConfigError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            new.unlink()


def _table(pair: NewPair) -> tomlkit.items.Table:
    table = tomlkit.table()
    table.add("name", pair.name)
    if pair.make != DEFAULT:
        table.add("make", pair.make)
    if pair.environment:
        table.add("environment", pair.environment)
    if pair.write:
        table.add("write", True)
    servers = tomlkit.aot()
    for each in pair.servers:
        server = tomlkit.table()
        server.add("name", each.name)
        server.add("role", each.role)
        for name, value in each.settings.items():
            server.add(name, value)
        servers.append(server)
    table.add("server", servers)
    return table
