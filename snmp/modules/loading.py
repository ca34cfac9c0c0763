"""Loading of modules: from the cache while no file has changed, else by the compiler."""

import contextlib
import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from snmp.errors import ModulesError
from snmp.modules import files
from snmp.modules.tables import NO_TABLES, ModuleTables

_FORMAT = 1
_CACHE = "mibs.json"


@dataclass(frozen=True, slots=True)
class Loaded:
    """The definitions, and one line for each fault: file, line, what is wrong."""

    tables: ModuleTables
    faults: tuple[str, ...] = ()


def load(directories: Sequence[Path], wanted: Sequence[str], cache: Path | None) -> Loaded:
    """Return the definitions of the wanted modules, or of all in the directories if none is named.

    `cache`: a directory in which the result is kept; None: nowhere. No fault of a file or of the cache raises.
    """
    if not directories and not wanted:
        return Loaded(NO_TABLES)
    key = _key(directories, wanted)
    stored = None if cache is None else _read(cache / _CACHE, key)
    if stored is not None:
        return stored
    from snmp.modules.compiling import compile_modules  # It imports pysmi.

    found = files.find(directories)
    try:
        tables, faults = compile_modules(found, wanted or sorted(found.modules))
    except ModulesError as error:
        return Loaded(NO_TABLES, (str(error),))
    loaded = Loaded(tables, faults)
    if cache is not None:
        with contextlib.suppress(OSError):  # It is compiled again at the next start.
            _write(cache, key, loaded)
    return loaded


def _key(directories: Sequence[Path], wanted: Sequence[str]) -> str:
    """Return a digest of everything that the result depends on."""
    parts: list[object] = [_FORMAT, list(wanted)]
    for directory in directories:
        parts.append(str(directory))
        with contextlib.suppress(OSError):
            for entry in sorted(os.scandir(directory), key=lambda each: each.name):
                state = entry.stat()
                parts.append((entry.name, state.st_size, state.st_mtime_ns))
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _read(path: Path, key: str) -> Loaded | None:
    try:
        content = json.loads(path.read_text("utf-8"))
        if content["key"] != key:
            return None
        return Loaded(ModuleTables.from_json(content["tables"]), tuple(map(str, content["faults"])))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _write(directory: Path, key: str, loaded: Loaded) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    content = {"key": key, "tables": loaded.tables.as_json(), "faults": list(loaded.faults)}
    fresh = directory / f"{_CACHE}.{os.getpid()}"
    fresh.write_text(json.dumps(content), "utf-8")
    fresh.replace(directory / _CACHE)
