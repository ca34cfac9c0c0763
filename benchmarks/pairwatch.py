"""The product: a failover pair of our own servers.

For each size of pool a pair is started once, until both servers are NORMAL and agree on the two halves of the pool, and
stopped. Every probe gets a copy of its files, as the peer gets its lease files.
"""

import functools
import hashlib
import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from benchmarks.network import (
    BACKUP_LINK_ADDRESS,
    CLIENT_NETWORK,
    GENERATOR_ADDRESS6,
    MAIN_ADDRESS,
    MAIN_ADDRESS6,
    MAIN_LINK_ADDRESS,
    Network,
    inside,
)
from benchmarks.pair import CpuSeconds, cpu_seconds
from dhcpserver import VERSION
from dhcpserver.leases.lease import Status

START_SECONDS = 90.0
TOKEN = "bench"
"""The token for the server's API, on loopback in its namespace."""
PLACES = (
    (IPv4Address("10.70.0.10"), IPv4Network("10.70.0.0/15")),
    (IPv4Address("10.128.0.10"), IPv4Network("10.128.0.0/9")),
)
"""The first address and the network of the pool: the same as the peer's, or a larger network for a very large pool."""
CLIENT_PREFIX = "2001:db8:70::/64"
"""The addresses for DHCPv6: the same as the peer's."""
NEEDS_UPDATE = 2
"""The bit of a stored lease that the partner has not acknowledged."""

_CONFIGURATION = """\
[server]
name = "{role}"
log-settings = ["default"]

[[user]]
name = "bench"
token = "{token}"

[[cluster]]
name = "main"
ipaddr = "{main}"

[[cluster]]
name = "backup"
ipaddr = "{backup}"

[[failover-pair]]
name = "bench"
main = "main"
backup = "backup"
allow-plain = true
mclt = 3600
startup-time = 1
connect-retry = 1
keepalive-time = {silence}

[[policy]]
name = "default"
dhcp-lease-time = 3600
valid-lifetime = 3600
preferred-lifetime = 3600
"""
_SCOPE = """\
routers = ["{router}"]

[[listener]]
address = "{listener}"
port = 67

[[scope]]
name = "clients"
subnet = "{subnet}"
ranges = ["{first}-{last}"]
relay-subnets = ["{relays}"]
"""
_PREFIX = """\

[[listener6]]
address = "{listener}"

[[link]]
name = "clients"

[[prefix]]
name = "relay"
address = "{relay}/128"
dhcp-type = "infrastructure"
link = "clients"

[[prefix]]
name = "addresses"
address = "{prefix}"
link = "clients"
max-leases = {pool}
"""


def configuration(
    role: str,
    pool: int,
    addresses: tuple[str, str] = (MAIN_LINK_ADDRESS, BACKUP_LINK_ADDRESS),
    listener: str = "",
    silence: int = 60,
) -> str:
    """config.toml of the `main` or the `backup`. They detect a lost partner after `silence` seconds."""
    first, subnet = next(place for place in PLACES if pool < place[1].num_addresses - 20)
    return _server(role, addresses, silence) + _SCOPE.format(
        listener=listener or (MAIN_ADDRESS if role == "main" else BACKUP_LINK_ADDRESS),
        subnet=subnet,
        router=subnet.network_address + 1,
        first=first,
        last=first + pool - 1,
        relays=CLIENT_NETWORK,
    )


def configuration6(role: str, pool: int) -> str:
    """config.toml of a server with DHCPv6 alone, for `pool` leases at most. Only the main has clients."""
    prefix = _PREFIX.format(
        listener=MAIN_ADDRESS6 if role == "main" else "::1", relay=GENERATOR_ADDRESS6, prefix=CLIENT_PREFIX, pool=pool
    )
    return _server(role, (MAIN_LINK_ADDRESS, BACKUP_LINK_ADDRESS), 60) + prefix


def _server(role: str, addresses: tuple[str, str], silence: int) -> str:
    main, backup = addresses
    token = "sha256$" + hashlib.sha256(TOKEN.encode()).hexdigest()
    return _CONFIGURATION.format(role=role, token=token, silence=silence, main=main, backup=backup)


@dataclass(frozen=True, slots=True)
class RunningPairwatchPair:
    """Two of our servers."""

    directory: Path
    main: subprocess.Popen[bytes]
    backup: subprocess.Popen[bytes]
    address: str = MAIN_ADDRESS
    port: int = 67

    def cpu(self) -> CpuSeconds:
        return CpuSeconds(cpu_seconds(self.main.pid), cpu_seconds(self.backup.pid))

    def count(self, role: str, where: str, table: str = "lease") -> int:
        """The number of stored leases for which `where` (an SQL expression) is true. `table`: lease, or lease6."""
        with sqlite3.connect(f"file:{self.directory / role / 'leases.db'}?mode=ro", uri=True) as store:
            found: int = store.execute(f"SELECT count(*) FROM {table} WHERE {where}").fetchone()[0]
        store.close()
        return found

    def normal(self) -> bool:
        """Whether each server has stored that it and its partner are NORMAL, since its start."""
        for role in ("main", "backup"):
            log = self.directory / role / "logs" / "name_dhcp_1_log"
            if not log.exists() or "NORMAL" not in log.read_text(encoding="utf-8"):
                return False
            record = json.loads((self.directory / role / "state.json").read_text(encoding="utf-8"))["failover"]
            if record is None or (record["state"], record["partner_state"]) != ("NORMAL", "NORMAL"):
                return False
        return True

    def balanced(self, pool: int) -> bool:
        """Whether the backup has its half of the pool, acknowledged by both partners."""
        backups = f"status = {int(Status.BACKUP)} AND NOT flags & {NEEDS_UPDATE}"
        return all(self.count(role, backups) == pool // 2 for role in ("main", "backup"))

    def end(self, number: signal.Signals) -> None:
        """Stop both servers at once, and keep their files."""
        for process in (self.main, self.backup):
            process.send_signal(number)
        for process in (self.main, self.backup):
            process.wait()

    def stop(self) -> None:
        self.end(signal.SIGKILL)
        shutil.rmtree(self.directory)


@dataclass(frozen=True, slots=True)
class PairwatchPair:
    """Our servers in two namespaces of the network."""

    network: Network
    directory: Path
    """The folder for lease stores: on the same disk for every pair."""
    pool: int
    family: int = 4
    name: str = "Pairwatch"

    @property
    def about(self) -> str:
        python = ".".join(map(str, sys.version_info[:3]))
        return (
            f"pairwatch {VERSION} pair, Python {python}, mclt 3600, {self._shares}, log-settings default,"
            " one SQLite commit (WAL, synchronous=FULL) a turn"
        )

    @property
    def _shares(self) -> str:
        return "backup-pct 50" if self.family == 4 else "addresses by parity"

    @property
    def halves(self) -> int:
        """The number of addresses that the servers have in two halves."""
        return self.pool if self.family == 4 else 0

    def start(self) -> RunningPairwatchPair:
        directory = Path(tempfile.mkdtemp(prefix="pairwatch-", dir=self.directory))
        shutil.copytree(_balanced_directory(self), directory, dirs_exist_ok=True)
        running = self.run(directory)
        try:
            _wait("both are NORMAL", running, running.normal)
            _wait("the pool is in two halves", running, lambda: running.balanced(self.halves))
        except BaseException:
            running.stop()
            raise
        return running

    def run(self, directory: Path) -> RunningPairwatchPair:
        """Start both servers with the files in the directory."""
        address, port = (MAIN_ADDRESS, 67) if self.family == 4 else (MAIN_ADDRESS6, 547)
        return RunningPairwatchPair(
            directory,
            self.server(directory / "main", self.network.main),
            self.server(directory / "backup", self.network.backup),
            address,
            port,
        )

    @staticmethod
    def server(directory: Path, namespace: str) -> subprocess.Popen[bytes]:
        """Start one server with its data directory."""
        command = [sys.executable, "-m", "dhcpserver.main", "--data", str(directory)]
        with (directory / "output").open("wb") as output:
            return subprocess.Popen(inside(namespace, command), stdout=output, stderr=output)


@functools.cache
def _balanced_directory(pair: PairwatchPair) -> Path:
    """The data directories of a pair in service, created once for each size of pool."""
    directory = Path(tempfile.mkdtemp(prefix="pairwatch-balanced-", dir=pair.directory))
    for role in ("main", "backup"):
        (directory / role).mkdir()
        text = configuration(role, pair.pool) if pair.family == 4 else configuration6(role, pair.pool)
        (directory / role / "config.toml").write_text(text, encoding="utf-8")
    running = pair.run(directory)
    try:
        _wait("both are NORMAL", running, running.normal)
        _wait("the pool is in two halves", running, lambda: running.balanced(pair.halves))
    except BaseException:
        running.stop()
        raise
    running.end(signal.SIGTERM)
    for role in ("main", "backup"):
        shutil.rmtree(directory / role / "logs")
    return directory


def _wait(what: str, running: RunningPairwatchPair, question: Callable[[], bool]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not question():
        if time.monotonic() > deadline or running.main.poll() is not None or running.backup.poll() is not None:
            outputs = [(running.directory / role / "output").read_text() for role in ("main", "backup")]
            raise RuntimeError(f"the Pairwatch pair: not within {START_SECONDS:.0f} s: {what}: {' | '.join(outputs)}")
        time.sleep(0.05)
