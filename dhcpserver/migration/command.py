"""`pairwatch import`: a new data directory from the files of another server."""

import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from dhcpserver.config.document import read as read_configuration
from dhcpserver.config.errors import ConfigurationError
from dhcpserver.migration import isc, isc_leases, kea, kea_leases, windows_netsh, windows_xml
from dhcpserver.migration.composing import compose
from dhcpserver.migration.found import Found, FoundLeases, Lost, MigrationError
from dhcpserver.migration.leasing import Carried, carry
from dhcpserver.runtime.datadir import DataDirectory
from dhcpserver.storage.errors import StoreError
from dhcpserver.storage.leasestore import LeaseStore
from snmp.mib.notification import printable

MAXIMUM_OCTETS = 1 << 30
Kind = Literal["isc", "kea", "windows"]
LEASES: Mapping[str, Callable[[str, str], FoundLeases]] = {"isc": isc_leases.read, "kea": kea_leases.read}


@dataclass(frozen=True, slots=True)
class Files:
    """What is read, and where the result goes."""

    kind: Kind
    configuration: Path
    leases: Path | None
    data: Path
    name: str


@dataclass(frozen=True, slots=True)
class Result:
    """What was written, and what was not carried over. `problems`: why the server would not start with it."""

    scopes: int
    leases: int
    ended: int
    lost: tuple[Lost, ...]
    problems: tuple[str, ...]


def run(files: Files, *, as_json: bool = False) -> int:
    """Read, write, and print what could not be carried over. Return the exit status.

    0: the server can start with the result; 1: it cannot, or a file cannot be read or written.
    """
    try:
        result = carry_over(files, time.time())
    except (MigrationError, StoreError) as error:
        print(printable(f"pairwatch: {error}"), file=sys.stderr)
        return 1
    if as_json:
        print(json.dumps(asdict(result)))
    else:
        for each in result.lost:
            print(printable(f"not carried over: {each}"))
        ended = f", {result.ended} had ended" if result.ended else ""
        print(printable(f"{files.data}: {result.scopes} scopes, {result.leases} leases{ended}"))
        for problem in result.problems:
            print(printable(f"to correct: {problem}"))
    return 1 if result.problems else 0


def carry_over(files: Files, now: float) -> Result:
    """Write the data directory. Raises MigrationError and StoreError; then nothing is written."""
    found, leases = _read(files, now)
    composed = compose(found, files.name)
    target = files.data / "config.toml"
    for each in (target, files.data / "leases.db", files.data / "state.json"):
        if each.exists():
            raise MigrationError(f"{each} exists: name a new directory with --data")
    try:
        configuration = read_configuration(composed.text, str(target))
    except ConfigurationError as error:
        problems = tuple(f"{target}: {each}" for each in error.problems)
        if leases.leases:
            problems += ("the leases were not carried over: correct the source, and import again",)
        _write(files, composed.text, None)
        return Result(len(found.scopes), 0, 0, (*composed.lost, *leases.lost), problems)
    source = str(files.leases or files.configuration)
    carried = carry(leases.leases.values(), configuration, now, source)
    _write(files, composed.text, carried)
    lost = (*composed.lost, *leases.lost, *carried.lost)
    return Result(len(found.scopes), len(carried.leases), carried.ended, lost, ())


def _read(files: Files, now: float) -> tuple[Found, FoundLeases]:
    text, source = _text(files.configuration), str(files.configuration)

    def load(name: str) -> str:
        return _decoded((files.configuration.parent / name).read_bytes())

    if files.kind == "windows":
        if files.leases is not None:
            raise MigrationError("the leases of Windows are in its XML export (Export-DhcpServer -Leases)")
        if not text.lstrip().startswith("<"):
            return windows_netsh.read(text, source), FoundLeases()
        export = windows_xml.read(text, source, now)
        return export.found, export.leases
    found = isc.read(text, source, load) if files.kind == "isc" else kea.read(text, source, load)
    if files.leases is None:
        return found, FoundLeases()
    return found, LEASES[files.kind](_text(files.leases), str(files.leases))


def _text(path: Path) -> str:
    try:
        size = path.stat().st_size
        if size > MAXIMUM_OCTETS:
            raise MigrationError(f"{path}: {size} octets are more than a file of a DHCP server has")
        return _decoded(path.read_bytes())
    except OSError as error:
        raise MigrationError(f"cannot read {path}: {error.strerror or error}") from error


def _decoded(octets: bytes) -> str:
    """Return the text. netsh and PowerShell write UTF-16 with a mark."""
    if octets.startswith((b"\xff\xfe", b"\xfe\xff")):
        return octets.decode("utf-16", "replace")
    return octets.decode("utf-8-sig", "replace")


def _write(files: Files, text: str, carried: Carried | None) -> None:
    directory = DataDirectory(files.data)
    try:
        if carried is not None and carried.leases:
            store = LeaseStore(directory.leases)
            try:
                store.commit(carried.leases)
            finally:
                store.close()
        directory.config.write_text(text, encoding="utf-8")
        directory.config.chmod(0o600)
    except OSError as error:
        raise StoreError(f"cannot write {files.data}: {error.strerror or error}") from error
    finally:
        directory.close()
